import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ConstraintMetadata } from 'class-validator/types/metadata/ConstraintMetadata.js';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';

/** Whether a property of the object is as its decorators want it. */
type Check = (value: unknown, object: object) => boolean;

interface Property {
  readonly name: string;
  /** Unless all of them hold, the value is not looked at (`IsOptional`). */
  readonly conditions: readonly ValidationMetadata[];
  readonly checks: readonly Check[];
}

type Properties = ReadonlyMap<string, Property>;

const UNSURE: Check = () => false;
const known = new WeakMap<object, Properties>();

/**
 * Whether class-validator would find nothing wrong, with the options that `validated` gives it; `false` also where that is not certain.
 * It collects the decorators of a class anew for every object, which took longer than all the rest of a command; here they are collected
 * once per class.
 */
export function accepts(object: object): boolean {
  const properties = propertiesOf(object.constructor);
  for (const name of Object.keys(object)) if (!properties.has(name)) return false;
  for (const { name, conditions, checks } of properties.values()) {
    const value = (object as Record<string, unknown>)[name];
    if (!conditions.every(({ constraints }) => constraints[0](object, value))) continue;
    if (!checks.every(check => check(value, object))) return false;
  }
  return properties.size > 0;
}

function propertiesOf(type: object): Properties {
  let properties = known.get(type);
  if (!properties) {
    properties = collected(type);
    known.set(type, properties);
  }
  return properties;
}

function collected(type: object): Properties {
  const storage = getMetadataStorage();
  const decorators = storage.getTargetValidationMetadatas(type as () => void, '', false, false);
  return new Map(
    Object.entries(storage.groupByPropertyName(decorators)).map(([name, mine]) => {
      const conditions = mine.filter(isCondition);
      return [name, { name, conditions, checks: mine.filter(each => !isCondition(each)).flatMap(checksOf) }];
    }),
  );
}

const isCondition = ({ type }: ValidationMetadata) => type === ValidationTypes.CONDITIONAL_VALIDATION;

function checksOf(decorator: ValidationMetadata): Check[] {
  const { type, each, validateIf, constraintCls } = decorator;
  if (type === ValidationTypes.NESTED_VALIDATION) return [acceptsNested];
  if (type !== ValidationTypes.CUSTOM_VALIDATION || each || validateIf) return [UNSURE];
  const constraints = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  return constraints.map(constraint => (constraint.async ? UNSURE : checkOf(decorator, constraint)));
}

function checkOf({ propertyName: property, constraints }: ValidationMetadata, { instance }: ConstraintMetadata): Check {
  return (value, object) =>
    instance.validate(value, { targetName: object.constructor.name, property, object, value, constraints }) === true;
}

function acceptsNested(value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.every(acceptsNested);
  return value instanceof Object && !(value instanceof Map || value instanceof Set) && accepts(value);
}
