/** Types of the build, for the tests that call it. */
export function build(options?: { out?: string; entry?: string; squeezed?: boolean }): Promise<Record<string, number>>;
