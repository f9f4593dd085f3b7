// What a parsed expression is made of. Every node knows where it stood in the text. Parentheses
// leave no node: they shaped the tree, and the parser has noted whether some were redundant.

interface Placed {
  readonly start: number;
  readonly end: number;
}

/** A name as written: bare, or a placeholder still to be resolved. */
export interface NameElement {
  readonly kind: 'name';
  readonly text: string;
  readonly placeholder: boolean;
}

export interface IndexElement {
  readonly kind: 'index';
  readonly index: number;
}

export type PathElement = NameElement | IndexElement;

/** `a.b[3].#c` */
export interface PathNode extends Placed {
  readonly kind: 'path';
  readonly elements: readonly [NameElement, ...PathElement[]];
}

/** `:value` */
export interface ValueNode extends Placed {
  readonly kind: 'value';
  readonly placeholder: string;
}

/** `begins_with(a, :v)`: an operand or a condition, depending on its name and place. */
export interface FunctionNode extends Placed {
  readonly kind: 'function';
  readonly name: string;
  readonly operands: readonly OperandNode[];
}

export type OperandNode = PathNode | ValueNode | FunctionNode;

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export interface ComparisonNode extends Placed {
  readonly kind: 'comparison';
  readonly operator: Comparator;
  readonly left: OperandNode;
  readonly right: OperandNode;
}

export interface BetweenNode extends Placed {
  readonly kind: 'between';
  readonly operand: OperandNode;
  readonly lower: OperandNode;
  readonly upper: OperandNode;
}

export interface InNode extends Placed {
  readonly kind: 'in';
  readonly operand: OperandNode;
  readonly candidates: readonly OperandNode[];
}

export interface LogicalNode extends Placed {
  readonly kind: 'and' | 'or';
  readonly left: ConditionNode;
  readonly right: ConditionNode;
}

export interface NotNode extends Placed {
  readonly kind: 'not';
  readonly condition: ConditionNode;
}

export type ConditionNode =
  | ComparisonNode
  | BetweenNode
  | InNode
  | LogicalNode
  | NotNode
  | FunctionNode;

/** `a + :v`: the value of a SET, nowhere else. */
export interface ArithmeticNode extends Placed {
  readonly kind: 'arithmetic';
  readonly operator: '+' | '-';
  readonly left: OperandNode;
  readonly right: OperandNode;
}

export interface SetClause {
  readonly action: 'SET';
  readonly target: PathNode;
  readonly value: OperandNode | ArithmeticNode;
}

export interface RemoveClause {
  readonly action: 'REMOVE';
  readonly target: PathNode;
}

export interface AddOrDeleteClause {
  readonly action: 'ADD' | 'DELETE';
  readonly target: PathNode;
  readonly value: ValueNode;
}

export type UpdateClause = SetClause | RemoveClause | AddOrDeleteClause;

export interface UpdateNode {
  /** In the order of the text. */
  readonly clauses: readonly UpdateClause[];
  /** The first section that came a second time. */
  readonly repeatedSection: UpdateClause['action'] | undefined;
}

/** The nodes directly below a node, left to right. */
export function childrenOf(
  node: ConditionNode | OperandNode | ArithmeticNode,
): readonly (ConditionNode | OperandNode)[] {
  switch (node.kind) {
    case 'comparison':
    case 'arithmetic':
    case 'and':
    case 'or':
      return [node.left, node.right];
    case 'between':
      return [node.operand, node.lower, node.upper];
    case 'in':
      return [node.operand, ...node.candidates];
    case 'not':
      return [node.condition];
    case 'function':
      return node.operands;
    case 'path':
    case 'value':
      return [];
  }
}
