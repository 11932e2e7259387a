/** What `relay clean` writes: a file beside others, or standard output. */

/** A file under a temporary name, renamed when whole; or standard output. */
async function withSink(
  file: string,
  settings: Settings,
  io: CleanIo,
  body: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const encoder = new TextEncoder();
  if (settings.out === null) {
    await body(async (text) => {
      if (text !== '') io.stdout(encoder.encode(text));
    });
    return;
  }
  await mkdir(settings.out, { recursive: true });
  const target = join(settings.out, basename(file));
  if (resolve(target) === resolve(file) || (await sameFile(target, file))) {
    throw new RelayError('OUTPUT_IS_INPUT', `--out would write over it; name another directory`);
  }
  const temporary = `${target}.${process.pid}.tmp`;
  const handle = await openFile(temporary, 'w');
  try {
    await body(async (text) => {
      await handle.write(encoder.encode(text));
    });
    await handle.close();
    await rename(temporary, target);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}

async function sameFile(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = [await lstat(a), await stat(b)];
    return one.ino === other.ino && one.dev === other.dev;
  } catch {
    return false;
  }
}

function line(cells: readonly string[]): string {
  // A row of one empty cell is written quoted, lest it become a blank line.
  if (cells.length === 1 && cells[0] === '') return '""\n';
  let out = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (i > 0) out += ',';
    out += /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${out}\n`;
}

function joinHeaders(headers: readonly string[][]): string[] {
  const width = Math.max(0, ...headers.map((cells) => cells.length));
  return Array.from({ length: width }, (_, i) =>
    headers
      .map((cells) => cells[i] ?? '')
      .filter((cell) => cell !== '')
      .join(' '),
  );
}
