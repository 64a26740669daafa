/** The README with the figures that results have. @throws if a row is missing */
export function withFigures(readme: string, results: string): string;
