import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Problem } from '../problem.js';
import { LabAccess } from './lab-access.js';

/** In a function: what takes more than one request at a time, or more seconds than one would pay for. */
@LabAccess()
@Controller('lab')
export class ServersOnlyController {
  @Post(['fanout', 'races'])
  start(): never {
    return refuse();
  }

  @Get(['races/:id', 'races/:id/events'])
  read(): never {
    return refuse();
  }

  @Delete('races/:id')
  stop(): never {
    return refuse();
  }
}

function refuse(): never {
  throw new Problem('NOT_ON_FUNCTIONS', 'Every second of this would be paid for. Ask a server.');
}
