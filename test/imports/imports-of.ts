import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** An import of a file. */
export interface Import {
  readonly file: string;
  readonly specifier: string;
  /** Only types, which leave nothing behind in the running program. */
  readonly typeOnly: boolean;
}

/** What a TypeScript source imports or re-exports. */
export function importsOf(file: string, text = readFileSync(file, 'utf8')): Import[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  return source.statements.flatMap(statement => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    if (!statement.moduleSpecifier || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    return [{ file, specifier: statement.moduleSpecifier.text, typeOnly: onlyTypes(statement) }];
  });
}

function onlyTypes(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const names = clause.namedBindings;
  return !clause.name && !!names && ts.isNamedImports(names) && names.elements.every(element => element.isTypeOnly);
}
