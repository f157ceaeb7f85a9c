import XMLBuilder from 'fast-xml-builder';

/** A test case before it becomes XML; it has at most one of the three outcomes, and none means a pass. */
export interface JunitCase {
  name: string;
  timeS?: number;
  failure?: { message: string; type: string; details: string };
  error?: string;
  skipped?: boolean;
}

export interface JunitSuite {
  name: string;
  timeS: number;
  cases: JunitCase[];
  properties?: Record<string, string>;
  /** Text that is worth reading but is not a failure. */
  output: string[];
}

/** What all suites of a file share. */
interface JunitOrigin {
  /** ISO 8601 in UTC. */
  timestamp: string;
  hostname: string;
  /** Prefix of each case's class name, before the suite's name. */
  classPrefix: string;
  /**
   * Of every suite, at least one: Jenkins' schema forbids an empty list of properties, Ant's forbids a
   * missing one.
   */
  properties: Record<string, string>;
}

/**
 * JUnit XML in the strict form (attributes complete, elements in the schema's order), which Jenkins, GitLab
 * and the readers of GitHub all accept.
 */
export function junitXml(suites: JunitSuite[], origin: JunitOrigin): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressBooleanAttributes: false });
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: { testsuite: suites.map((suite, id) => suiteElement(suite, id, origin)) },
  });
}

function suiteElement(
  { name, timeS, cases, properties, output }: JunitSuite,
  id: number,
  { timestamp, hostname, classPrefix, properties: shared }: JunitOrigin,
) {
  const count = (outcome: 'failure' | 'error' | 'skipped') =>
    cases.filter((one) => one[outcome] !== undefined).length;
  return {
    '@_name': xmlText(name),
    '@_package': 'mlnode-assay',
    '@_id': id,
    // The schema's form of a date has no zone; it is UTC.
    '@_timestamp': timestamp.slice(0, 19),
    '@_hostname': xmlText(hostname),
    '@_tests': cases.length,
    '@_failures': count('failure'),
    '@_errors': count('error'),
    '@_skipped': count('skipped'),
    '@_time': timeS.toFixed(3),
    properties: { property: propertyElements({ ...shared, ...properties }) },
    testcase: cases.map((one) => caseElement(one, `${classPart(classPrefix)}.${classPart(name)}`)),
    'system-out': xmlText(output.join('\n')),
    'system-err': '',
  };
}

function propertyElements(properties: Record<string, string>) {
  return Object.entries(properties).map(([name, value]) => ({ '@_name': name, '@_value': xmlText(value) }));
}

function caseElement({ name, timeS = 0, failure, error, skipped }: JunitCase, className: string) {
  return {
    '@_name': xmlText(name),
    '@_classname': xmlText(className),
    '@_time': timeS.toFixed(3),
    ...(skipped && { skipped: '' }),
    ...(error !== undefined && { error: { '@_message': xmlText(error), '@_type': 'incomplete' } }),
    ...(failure !== undefined && {
      failure: {
        '@_message': xmlText(failure.message),
        '@_type': failure.type,
        '#text': xmlText(failure.details),
      },
    }),
  };
}

/** CI systems split a class name at its dots, so the dots of a model's name are replaced. */
function classPart(name: string): string {
  return name.replaceAll('.', '_');
}

/** Characters that XML 1.0 cannot represent in any form become U+FFFD. */
function xmlText(text: string): string {
  return text.replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
}
