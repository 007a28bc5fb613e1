namespace Moderation.Enforcement.Cel;

internal sealed partial class CelChecker
{
    private CelType Identifier(CelIdentifier identifier)
    {
        identifier.Resolution = Resolve(identifier.Name, identifier.Absolute);
        if (identifier.Resolution is CelVariable variable)
            Read(variable.Name, identifier, variable.Requires);
        if (identifier.Resolution is not null)
            return identifier.Resolution.Type;
        return strict
            ? Error(identifier.Position, $"unknown name '{identifier.Name}'", "a declared variable",
                NearestName.Find(identifier.Name, variables.Keys.Concat(variables.Keys.Select(Root)).Concat(_locals.Select(l => l.Name)).Distinct()))
            : CelType.Dyn;
    }

    private static string Root(string name) => name.Split('.')[0];

    private CelType Select(CelSelect select)
    {
        if (!select.Test && QualifiedName(select, out var absolute) is { } qualified && Resolve(qualified, absolute) is { } resolution)
        {
            select.Resolution = resolution;
            if (resolution is CelVariable variable)
                Read(variable.Name, select, variable.Requires);
            return resolution.Type;
        }
        if (strict && UnknownRoot(select) is { } error)
        {
            select.Operand.Type = CelType.Dyn;
            return error;
        }
        Check(select.Operand);
        var operand = select.Operand.Type;
        switch (operand.Kind)
        {
            case CelKind.Object:
                return Field(select, operand.Declared!); // an object type always has its declaration
            case CelKind.Map when CelType.String.Accepts(operand.Key!): // a map type has a key type
                return select.Test ? CelType.Bool : operand.Element!; // and a value type
            case CelKind.Dyn or CelKind.Unknown:
                return select.Test ? CelType.Bool : CelType.Dyn;
        }
        if (strict)
            Error(select.Position, $"{operand} has no field '{select.Field}'", "an object or a map");
        return select.Test ? CelType.Bool : CelType.Dyn;
    }

    private CelType Field(CelSelect select, CelObjectType type)
    {
        if (!type.FieldsByName.TryGetValue(select.Field, out var field))
            return Error(select.Position, $"{type.Name} has no field '{select.Field}'", string.Join(", ", type.FieldsByName.Keys.Order(StringComparer.Ordinal)),
                NearestName.Find(select.Field, type.FieldsByName.Keys));
        select.Declared = field;
        if (select.Test)
            return CelType.Bool;
        if (PathOf(select) is { } path)
            Read(path, select, field.Requires);
        else
            Requires |= field.Requires;
        return field.Type;
    }

    private void Read(string path, CelNode node, ulong requires)
    {
        Requires |= requires;
        Reads.TryAdd(path, (node, requires));
    }

    /// <summary>A path from a variable through declared fields; null when something else stands in between.</summary>
    internal static string? PathOf(CelNode node) => node switch
    {
        CelIdentifier { Resolution: CelVariable variable } => variable.Name,
        CelSelect { Resolution: CelVariable variable } => variable.Name,
        CelSelect { Declared: not null, Test: false } select when PathOf(select.Operand) is { } path => path + "." + select.Field,
        _ => null,
    };

    /// <summary>a.b.c as a name, when it is nothing but names and dots and doesn't begin with a macro's variable.</summary>
    private string? QualifiedName(CelNode node, out bool absolute)
    {
        absolute = false;
        switch (node)
        {
            case CelIdentifier identifier when identifier.Absolute || !IsLocal(identifier.Name):
                absolute = identifier.Absolute;
                return identifier.Name;
            case CelSelect { Test: false } select:
                return QualifiedName(select.Operand, out absolute) is { } name ? name + "." + select.Field : null;
            default:
                return null;
        }
    }

    private bool IsLocal(string name) => _locals.Any(l => l.Name == name);

    private CelResolution? Resolve(string name, bool absolute)
    {
        if (!absolute && _locals.FirstOrDefault(l => l.Name == name) is { } local)
            return local;
        for (var scope = absolute ? "" : container; ; scope = scope.Contains('.', StringComparison.Ordinal) ? scope[..scope.LastIndexOf('.')] : "")
        {
            var full = scope.Length == 0 ? name : scope + "." + name;
            if (variables.TryGetValue(full, out var variable))
                return variable;
            if (CelLibrary.TypeNames.Contains(full))
                return new CelTypeName(full);
            if (scope.Length == 0)
                return null;
        }
    }

    /// <summary>An error about a wrong constant such as t.removee, where t is only the beginning of names.</summary>
    private CelType? UnknownRoot(CelSelect select)
    {
        if (select.Operand is not CelIdentifier root || Resolve(root.Name, root.Absolute) is not null)
            return null;
        var prefix = root.Name + ".";
        var siblings = variables.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (siblings.Count == 0)
            return null;
        var expected = siblings.Count <= 12 ? string.Join(", ", siblings.Order(StringComparer.Ordinal)) : $"one of the {siblings.Count} names that begin with {prefix}";
        return Error(select.Position, $"unknown name '{prefix}{select.Field}'", expected, NearestName.Find(prefix + select.Field, siblings));
    }
}
