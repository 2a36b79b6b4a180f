/** From its ES modules, of which a bundle takes what is used; the file has it as CommonJS does, with nothing beside it. */
export { default } from 'axios';
