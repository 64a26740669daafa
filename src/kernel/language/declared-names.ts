// The names that a cell brings into the notebook, as the compiler's own parser sees them.
import ts from "typescript";

export interface DeclaredNames {
  /** All names of the top level, types included. */
  all: string[];
  /** Those that the cell does not export itself. */
  unexported: string[];
}

export function declaredNames(code: string): DeclaredNames {
  const source = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest);
  const all = new Set<string>();
  const exported = new Set<string>();
  for (const statement of source.statements) {
    const names = namesOf(statement);
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    const kinds = modifiers?.map((modifier) => modifier.kind) ?? [];
    // A default export has its name inside the cell only.
    const isExport =
      kinds.includes(ts.SyntaxKind.ExportKeyword) && !kinds.includes(ts.SyntaxKind.DefaultKeyword);
    for (const name of names) {
      all.add(name);
      if (isExport) exported.add(name);
    }
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const { name } of statement.exportClause.elements) exported.add(name.text);
    }
  }
  return { all: [...all], unexported: [...all].filter((name) => !exported.has(name)) };
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => bindingNames(name));
  }
  if (ts.isImportDeclaration(statement)) return importNames(statement.importClause);
  if (ts.isImportEqualsDeclaration(statement)) return [statement.name.text];
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  ) {
    return statement.name ? [statement.name.text] : [];
  }
  if (ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name)) return [statement.name.text];
  return [];
}

function bindingNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : bindingNames(element.name),
  );
}

function importNames(clause: ts.ImportClause | undefined): string[] {
  const names = clause?.name ? [clause.name.text] : [];
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, bindings.name.text];
  return [...names, ...bindings.elements.map(({ name }) => name.text)];
}
