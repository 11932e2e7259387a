/** The service itself, and errors. */
import { z } from 'zod';
import { PLUGIN_KINDS } from '../../core/plugin.ts';
import { API_CODES, isApiCode } from '../http/errors.ts';
import { generatedId } from './common.ts';

const pluginView = z.strictObject({
  kind: z.enum(PLUGIN_KINDS).describe('What the plugin does in a run.'),
  id: z.string().describe('What configs call it.'),
  version: z.string().describe('Its release.'),
  contract: z.int().describe('Version of the plugin contract that it is made for.'),
  summary: z.string().describe('What it does, in one line.'),
  options: z.record(z.string(), z.unknown()).describe('JSON Schema of the options.'),
  example: z.unknown().describe('Options that pass the check.'),
  codes: z.record(z.string(), z.string()).describe('Codes that it reports, each with its meaning.'),
});

export const pluginList = z
  .strictObject({ plugins: z.array(pluginView).describe('All plugins that configs can name.') })
  .describe('The plugins of this service.');

export const health = z
  .strictObject({
    status: z.literal('ok').describe('The process answers.'),
    version: z.string().describe('Release of Relay.'),
  })
  .describe('A process that answers.');

export const ready = z
  .strictObject({
    status: z.literal('ready').describe('Every store can be used.'),
    checks: z.record(z.string(), z.literal('ok')).describe('The stores that were asked, by name.'),
  })
  .describe('A service that can work.');

export const openApiDocument = z
  .looseObject({
    openapi: z.string().describe('Version of OpenAPI.'),
    paths: z.record(z.string(), z.unknown()).describe('Operations by path.'),
  })
  .describe('An OpenAPI document.');

const problem = z.strictObject({
  path: z.string().describe('Where the problem is: the path of a field, or the name of a store.'),
  code: z.string().describe('What is wrong, for programs.'),
  message: z.string().describe('What is wrong, for people.'),
});

export type ApiProblem = z.output<typeof problem>;
export const error = z
  .strictObject({
    error: z.enum(Object.keys(API_CODES).filter(isApiCode)).describe('Code of the error.'),
    message: z.string().describe('What is wrong, for people.'),
    active_run_id: generatedId.optional().describe('Only with `TENANT_ALREADY_RUNNING`: the run that is active.'),
    active_simulation_id: generatedId
      .optional()
      .describe('Only with `SIMULATION_ACTIVE`: the simulation that is not done.'),
    issues: z.array(problem).optional().describe('Every problem of the request, config or service.'),
  })
  .describe('An error.');
