import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Problem } from '../problem.js';
import { LabAccess } from './lab-access.js';

/**
 * In a function: what takes more than one request at a time, or more seconds than one would pay for; and the prices,
 * for which its zip of 2 MB has no room.
 */
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

  @Get('cost')
  price(): never {
    throw new Problem(
      'NOT_ON_FUNCTIONS',
      'The prices are not in the zip. Ask a server, or run: npm run cost.',
    );
  }

  @Delete('races/:id')
  stop(): never {
    return refuse();
  }
}

function refuse(): never {
  throw new Problem('NOT_ON_FUNCTIONS', 'Every second of this would be paid for. Ask a server.');
}
