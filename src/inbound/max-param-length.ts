/** Ids are 36 characters; what is longer is no id of ours but still deserves its 404. */
export const MAX_PARAM_LENGTH = 500;
