// fhirpath.js FILE EXPRESSION: what bench_fhirpath does, with fhirpath.js, compiled once with its R4 model.
// Prints result, median and best microseconds. NODE_PATH says where the package is.
const fs = require('fs');
const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');

const BATCHES = 60, BATCH_S = 0.02, WARM_S = 3;
const [file, text] = process.argv.slice(2);
const resource = JSON.parse(fs.readFileSync(file, 'utf8'));
const evaluate = fhirpath.compile(text, model);
let kept = 0;

function batch(seconds) {
  const began = process.hrtime.bigint();
  let n = 0, took;
  do {
    for (let i = 0; i < 100; i++)
      kept += evaluate(resource).length;
    n += 100;
    took = Number(process.hrtime.bigint() - began);
  } while (took < seconds * 1e9);
  return took / 1e3 / n;
}

const result = evaluate(resource);
batch(WARM_S);
const us = Array.from({ length: BATCHES }, () => batch(BATCH_S)).sort((a, b) => a - b);
console.log(`${result.join(',')} ${us[BATCHES / 2].toFixed(4)} ${us[0].toFixed(4)}`);
