/** The table of all template parameters in `INFRA.md`, with `CLI.md`'s description of the setting that each is for. */
import fs from 'node:fs';
import { type Any, readTemplate, type Template } from '../deploy/testing/template.ts';

const BEGIN = '<!-- parameters: made by npm run docs -->\n';
const END = '<!-- end of the parameters -->\n';

/** The page with a new table between its marks. */
export function withParameters(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error('INFRA.md has no marks for its table of parameters');
  return `${page.slice(0, from)}${BEGIN}\n${parameterTable(readTemplate('cloudformation.yaml'))}\n${page.slice(to)}`;
}

function parameterTable(template: Template): string {
  const settings = settingsOf(template);
  const meanings = meaningsOf(fs.readFileSync(new URL('CLI.md', import.meta.url), 'utf8'));
  const rows = Object.entries(template.Parameters).map(([name, parameter]) => {
    const setting = settings.get(name);
    return [
      `\`${name}\``,
      setting === undefined ? '' : `\`${setting}\``,
      parameter.Default === undefined ? 'must be given' : codeOf(parameter.Default),
      allowed(parameter),
      [setting === undefined ? undefined : meanings.get(setting), parameter.Description].filter(Boolean).join(' '),
    ];
  });
  const lines = [['parameter', 'setting', 'default', 'allowed', 'what'], ['---', '---', '---', '---', '---'], ...rows];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |').replaceAll('|  |', '| |')).join('\n')}\n`;
}

/** The last cell of each setting's row in `CLI.md`, with links that lead into that page. For a limit it says what happens beyond it. */
function meaningsOf(page: string): Map<string, string> {
  const meanings = new Map<string, string>();
  for (const [, name, rest] of page.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)) {
    const cells = rest!.split(' | ');
    const meaning = cells.at(-1)!.replaceAll('](#', '](CLI.md#');
    meanings.set(name!, /^[\d,]+$/.test(cells[1] ?? '') ? `Beyond it: ${meaning}` : meaning);
  }
  return meanings;
}

/** The environment variable that each parameter sets. */
function settingsOf(template: Template): Map<string, string> {
  const settings = new Map<string, string>();
  for (const task of ['ApiTaskDefinition', 'WorkerTaskDefinition']) {
    const [container] = template.Resources[task]!.Properties.ContainerDefinitions;
    for (const { Name, Value } of container.Environment) if (Value?.Ref !== undefined) settings.set(Value.Ref, Name);
  }
  return settings;
}

function allowed({ AllowedValues, MinValue, MaxValue, Type }: Any): string {
  if (AllowedValues !== undefined) return AllowedValues.map(codeOf).join(', ');
  if (MinValue !== undefined) return MaxValue === undefined ? `${MinValue} or more` : `${MinValue} to ${MaxValue}`;
  return Type.startsWith('List<') ? 'two or more, with commas' : '';
}

function codeOf(value: string | number): string {
  return value === '' ? 'empty' : `\`${value}\``;
}
