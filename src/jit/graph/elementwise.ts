// Operators whose result at a position depends on their operands' elements at that position: they may be moved before
// a reshape or a transpose.
export const elementwise: ReadonlySet<string> = new Set(
  (
    "Add Sub Mul Div Pow Max Min Mod Where And Or Not Cast Clip Greater GreaterOrEqual Less LessOrEqual Equal IsNaN " +
    "IsInf Abs Neg Sign Sqrt Exp Log Reciprocal Erf Ceil Floor Round Tanh Sigmoid Relu LeakyRelu Elu Selu Softplus " +
    "Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh"
  ).split(" "),
);
