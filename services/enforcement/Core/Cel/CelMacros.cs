using System.Collections.Immutable;

namespace Moderation.Enforcement.Cel;

/// <summary>Turns calls of macros into their own nodes.</summary>
internal static class CelMacros
{
    /// <summary>The macro's node, or a plain call when the name and number of arguments are not those of a macro.</summary>
    public static CelNode Expand(int position, string name, CelNode? target, ImmutableArray<CelNode> arguments)
    {
        if (target is null)
        {
            if (name != "has" || arguments.Length != 1)
                return new CelCall(position, name, null, arguments);
            return arguments[0] is CelSelect { Test: false } select
                ? new CelSelect(select.Position, select.Operand, select.Field, test: true)
                : throw new CelSyntaxException(position, "has() tests a field", "has(object.field)");
        }
        if (name == "bind" && target is CelIdentifier { Absolute: false, Name: "cel" })
        {
            return arguments.Length == 3
                ? new CelBind(position, Variable(arguments[0]), arguments[1], arguments[2])
                : throw new CelSyntaxException(position, $"cel.bind() was given {arguments.Length} arguments", "cel.bind(name, value, expression)");
        }
        if (CelLibrary.Qualified(target, name) is { } qualified)
            return new CelCall(position, qualified, null, arguments);
        switch (name, arguments.Length)
        {
            case ("all", 2):
                return Over(CelMacro.All, second: false, filter: null, arguments[1]);
            case ("all", 3):
                return Over(CelMacro.All, second: true, filter: null, arguments[2]);
            case ("exists", 2):
                return Over(CelMacro.Exists, second: false, filter: null, arguments[1]);
            case ("exists", 3):
                return Over(CelMacro.Exists, second: true, filter: null, arguments[2]);
            case ("exists_one" or "existsOne", 2):
                return Over(CelMacro.ExistsOne, second: false, filter: null, arguments[1]);
            case ("exists_one" or "existsOne", 3):
                return Over(CelMacro.ExistsOne, second: true, filter: null, arguments[2]);
            case ("map", 2):
                return Over(CelMacro.Map, second: false, filter: null, arguments[1]);
            case ("map", 3):
                return Over(CelMacro.Map, second: false, arguments[1], arguments[2]);
            case ("filter", 2):
                return Over(CelMacro.Filter, second: false, filter: null, arguments[1]);
            case ("transformList", 3):
                return Over(CelMacro.Map, second: true, filter: null, arguments[2]);
            case ("transformList", 4):
                return Over(CelMacro.Map, second: true, arguments[2], arguments[3]);
            case ("transformMap", 3):
                return Over(CelMacro.TransformMap, second: true, filter: null, arguments[2]);
            case ("transformMap", 4):
                return Over(CelMacro.TransformMap, second: true, arguments[2], arguments[3]);
            default:
                return new CelCall(position, name, target, arguments);
        }

        CelComprehension Over(CelMacro macro, bool second, CelNode? filter, CelNode body)
        {
            var first = Variable(arguments[0]);
            var other = second ? Variable(arguments[1]) : null;
            if (first == other)
                throw new CelSyntaxException(arguments[1].Position, $"the variable '{other}' is named twice", "two names");
            return new CelComprehension(position, macro, target, first, other, filter, body);
        }

        string Variable(CelNode node) => node is CelIdentifier { Absolute: false } identifier
            ? identifier.Name
            : throw new CelSyntaxException(node.Position, $"{name}() names its variable first", "a plain name");
    }
}
