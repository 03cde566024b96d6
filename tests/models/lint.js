// Lints diagrams, decisions and forms as Camunda Modeler does and prints the findings as JSON, one object a line.
import { readFileSync } from 'node:fs';

import { FormLinter } from '@camunda/form-linting/lib/FormLinter.js';
import { Linter } from '@camunda/linting/lib/Linter.js';
import { BpmnModdle } from 'bpmn-moddle';
import { DmnModdle } from 'dmn-moddle';
import camundaModdle from 'camunda-bpmn-moddle/resources/camunda.json';
import modelerModdle from 'modeler-moddle/resources/modeler.json';
import zeebeModdle from 'zeebe-bpmn-moddle/resources/zeebe.json';

const PLATFORM = 'Camunda Cloud';

function report(file, category, rule, element, message) {
  console.log(JSON.stringify({ file, category, rule, element, message }));
}

function checkPlatform(file, platform, version) {
  // Without a platform the Modeler lints nothing and calls the file clean.
  if (platform !== PLATFORM || !version) {
    report(file, 'error', 'execution-platform', null, `executionPlatform is ${platform} ${version}, not ${PLATFORM}`);
  }
}

async function lintDiagram(file) {
  const xml = readFileSync(file, 'utf8');
  const seven = xml.includes('executionPlatform="Camunda Platform"');
  const extensions = seven ? { camunda: camundaModdle } : { zeebe: zeebeModdle };
  const { rootElement, warnings } = await new BpmnModdle({ modeler: modelerModdle, ...extensions }).fromXML(xml);

  checkPlatform(file, rootElement.get('modeler:executionPlatform'), rootElement.get('modeler:executionPlatformVersion'));
  warnings.forEach(({ message }) => report(file, 'error', 'import', null, message));

  for (const { category, rule, id, message } of await new Linter({ type: seven ? 'platform' : 'cloud', modeler: 'desktop' }).lint(xml)) {
    report(file, category, rule, id, message);
  }
}

// The Modeler has no linter for decisions; what it cannot read without a warning counts.
async function lintDecision(file) {
  const { rootElement, warnings } = await new DmnModdle().fromXML(readFileSync(file, 'utf8'), 'dmn:Definitions');

  checkPlatform(file, rootElement.$attrs['modeler:executionPlatform'], rootElement.$attrs['modeler:executionPlatformVersion']);
  warnings.forEach(({ message }) => report(file, 'error', 'import', null, message));
}

async function lintForm(file) {
  const schema = JSON.parse(readFileSync(file, 'utf8'));

  checkPlatform(file, schema.executionPlatform, schema.executionPlatformVersion);

  for (const { category, rule, id, message } of await new FormLinter().lint(schema)) {
    report(file, category ?? 'error', rule ?? 'form', id, message);
  }
}

const LINTERS = { bpmn: lintDiagram, dmn: lintDecision, form: lintForm };

for (const file of process.argv.slice(2)) {
  try {
    await LINTERS[file.split('.').pop()](file);
  } catch (error) {
    report(file, 'error', 'import', null, error.message);
  }
}
