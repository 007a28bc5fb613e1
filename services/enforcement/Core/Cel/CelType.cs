namespace Moderation.Enforcement.Cel;

/// <summary>What a CEL type is made of.</summary>
public enum CelKind
{
    /// <summary>Known only at run time; anything may be assigned to it.</summary>
    Dyn,
    /// <summary>The element type of an empty list or map; joins with anything.</summary>
    Unknown,
    /// <summary>null.</summary>
    Null,
    /// <summary>true or false.</summary>
    Bool,
    /// <summary>64 bits, signed.</summary>
    Int,
    /// <summary>64 bits, unsigned.</summary>
    UInt,
    /// <summary>IEEE 754, 64 bits.</summary>
    Double,
    /// <summary>Unicode text.</summary>
    String,
    /// <summary>Octets.</summary>
    Bytes,
    /// <summary>A list.</summary>
    List,
    /// <summary>A map from bool, int, uint or string.</summary>
    Map,
    /// <summary>A span of time in nanoseconds.</summary>
    Duration,
    /// <summary>A point in time, years 1 to 9999.</summary>
    Timestamp,
    /// <summary>A type as a value.</summary>
    Type,
    /// <summary>An object with declared fields.</summary>
    Object,
}

/// <summary>A type of the expression language. Immutable; compared by structure.</summary>
public sealed class CelType : IEquatable<CelType>
{
    private CelType(CelKind kind, CelType? key = null, CelType? element = null, CelObjectType? declared = null)
    {
        Kind = kind;
        Key = key;
        Element = element;
        Declared = declared;
    }

    /// <summary>Known only at run time.</summary>
    public static CelType Dyn { get; } = new(CelKind.Dyn);
    /// <summary>Element of an empty literal.</summary>
    public static CelType Unknown { get; } = new(CelKind.Unknown);
    /// <summary>null.</summary>
    public static CelType Null { get; } = new(CelKind.Null);
    /// <summary>bool.</summary>
    public static CelType Bool { get; } = new(CelKind.Bool);
    /// <summary>int.</summary>
    public static CelType Int { get; } = new(CelKind.Int);
    /// <summary>uint.</summary>
    public static CelType UInt { get; } = new(CelKind.UInt);
    /// <summary>double.</summary>
    public static CelType Double { get; } = new(CelKind.Double);
    /// <summary>string.</summary>
    public static CelType String { get; } = new(CelKind.String);
    /// <summary>bytes.</summary>
    public static CelType Bytes { get; } = new(CelKind.Bytes);
    /// <summary>google.protobuf.Duration.</summary>
    public static CelType Duration { get; } = new(CelKind.Duration);
    /// <summary>google.protobuf.Timestamp.</summary>
    public static CelType Timestamp { get; } = new(CelKind.Timestamp);
    /// <summary>type.</summary>
    public static CelType Type { get; } = new(CelKind.Type);
    /// <summary>A list of anything.</summary>
    public static CelType AnyList { get; } = List(Dyn);
    /// <summary>A map of anything.</summary>
    public static CelType AnyMap { get; } = Map(Dyn, Dyn);

    /// <summary>What it is made of.</summary>
    public CelKind Kind { get; }
    /// <summary>The key type of a map.</summary>
    public CelType? Key { get; }
    /// <summary>The element type of a list or the value type of a map.</summary>
    public CelType? Element { get; }
    /// <summary>The declaration behind an object type.</summary>
    internal CelObjectType? Declared { get; }

    /// <summary>A list type.</summary>
    public static CelType List(CelType element) => new(CelKind.List, element: element);

    /// <summary>A map type.</summary>
    public static CelType Map(CelType key, CelType value) => new(CelKind.Map, key, value);

    internal static CelType Object(CelObjectType declared) => new(CelKind.Object, declared: declared);

    internal bool IsDynamic => Kind is CelKind.Dyn or CelKind.Unknown;

    internal bool IsNumber => Kind is CelKind.Int or CelKind.UInt or CelKind.Double;

    /// <summary>Whether a value of <paramref name="from"/> may stand where this type is wanted.</summary>
    internal bool Accepts(CelType from)
    {
        if (IsDynamic || from.IsDynamic)
            return true;
        if (Kind != from.Kind)
            return false;
        return Kind switch
        {
            CelKind.List => Element!.Accepts(from.Element!),
            CelKind.Map => Key!.Accepts(from.Key!) && Element!.Accepts(from.Element!),
            CelKind.Object => ReferenceEquals(Declared, from.Declared),
            _ => true,
        };
    }

    /// <summary>The narrowest type that holds both.</summary>
    internal static CelType Join(CelType a, CelType b)
    {
        if (a.Kind == CelKind.Unknown || a.Equals(b))
            return b;
        if (b.Kind == CelKind.Unknown)
            return a;
        return (a.Kind, b.Kind) switch
        {
            (CelKind.List, CelKind.List) => List(Join(a.Element!, b.Element!)),
            (CelKind.Map, CelKind.Map) => Map(Join(a.Key!, b.Key!), Join(a.Element!, b.Element!)),
            _ => Dyn,
        };
    }

    /// <inheritdoc />
    public bool Equals(CelType? other) =>
        other is not null && Kind == other.Kind && Equals(Key, other.Key) && Equals(Element, other.Element)
        && ReferenceEquals(Declared, other.Declared);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as CelType);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Key, Element, Declared);

    /// <summary>The name as the language writes it.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.Dyn or CelKind.Unknown => "dyn",
        CelKind.Null => "null_type",
        CelKind.Bool => "bool",
        CelKind.Int => "int",
        CelKind.UInt => "uint",
        CelKind.Double => "double",
        CelKind.String => "string",
        CelKind.Bytes => "bytes",
        CelKind.List => $"list({Element})",
        CelKind.Map => $"map({Key}, {Element})",
        CelKind.Duration => "google.protobuf.Duration",
        CelKind.Timestamp => "google.protobuf.Timestamp",
        CelKind.Type => "type",
        _ => Declared!.Name,
    };
}
