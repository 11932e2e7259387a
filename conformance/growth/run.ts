/** `npm run growth`: prints how each shape grows. */
import { growthOf } from './measure.ts';
import { SHAPES } from './shapes.ts';

const only = process.argv[2];
for (const shape of SHAPES.filter(({ name }) => only === undefined || name.includes(only))) {
  try {
    const said = await shape.make(100)();
    const { small, large } = await growthOf(shape);
    console.log(
      `${shape.name.padEnd(50)} ${small.toFixed(1).padStart(9)} ${large.toFixed(1).padStart(9)} ${(large / small).toFixed(1).padStart(6)} ${typeof said === 'string' ? said.slice(0, 60) : ''}`,
    );
  } catch (error) {
    console.log(shape.name.padEnd(50), String(error).slice(0, 200));
  }
}
