namespace Moderation.Enforcement.Cel;

/// <summary>A value of any CEL type, without boxing numbers. The default value is null.</summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    private readonly object? _object;
    private readonly long _bits;
    private readonly int _nanos;
    private readonly CelKind _kind;

    private CelValue(CelKind kind, long bits, object? value = null, int nanos = 0)
    {
        _kind = kind;
        _bits = bits;
        _object = value;
        _nanos = nanos;
    }

    /// <summary>What it holds; never Dyn or Unknown.</summary>
    public CelKind Kind => _kind == CelKind.Dyn ? CelKind.Null : _kind;

    /// <summary>null.</summary>
    public static CelValue Null => default;

    /// <summary>A bool.</summary>
    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);
    /// <summary>An int.</summary>
    public static CelValue Of(long value) => new(CelKind.Int, value);
    /// <summary>A uint.</summary>
    public static CelValue Of(ulong value) => new(CelKind.UInt, unchecked((long)value));
    /// <summary>A double.</summary>
    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));
    /// <summary>A string.</summary>
    public static CelValue Of(string value) => new(CelKind.String, 0, value);
    /// <summary>Bytes; the array must not be changed afterwards.</summary>
    public static CelValue Of(byte[] value) => new(CelKind.Bytes, 0, value);
    /// <summary>A list.</summary>
    public static CelValue Of(CelList value) => new(CelKind.List, 0, value);
    /// <summary>A map.</summary>
    public static CelValue Of(CelMap value) => new(CelKind.Map, 0, value);
    /// <summary>A timestamp.</summary>
    public static CelValue Of(CelTimestamp value) => new(CelKind.Timestamp, value.Seconds, null, value.Nanos);
    /// <summary>A duration.</summary>
    public static CelValue Of(CelDuration value) => new(CelKind.Duration, value.Nanoseconds);
    /// <summary>A type by its name.</summary>
    internal static CelValue OfType(string name) => new(CelKind.Type, 0, name);
    /// <summary>An object with declared fields.</summary>
    internal static CelValue OfObject(object? value) => value is null ? default : new(CelKind.Object, 0, value);

    internal bool AsBool => _bits != 0;
    internal long AsInt => _bits;
    internal ulong AsUInt => unchecked((ulong)_bits);
    internal double AsDouble => BitConverter.Int64BitsToDouble(_bits);
    internal string AsString => (string)_object!; // the kind is String or Type, which are never made from null
    internal byte[] AsBytes => (byte[])_object!; // the kind is Bytes
    internal CelList AsList => (CelList)_object!; // the kind is List
    internal CelMap AsMap => (CelMap)_object!; // the kind is Map
    internal CelTimestamp AsTimestamp => new(_bits, _nanos);
    internal CelDuration AsDuration => new(_bits);
    internal object? AsObject => _object;

    internal bool IsNumber => _kind is CelKind.Int or CelKind.UInt or CelKind.Double;

    /// <summary>CEL equality: numbers compare across types, lists and maps by content.</summary>
    public bool Equals(CelValue other) => CelComparison.AreEqual(this, other);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    /// <summary>Equal numbers of different types have the same hash, so that 1, 1u and 1.0 are one key.</summary>
    public override int GetHashCode() => Kind switch
    {
        CelKind.UInt => AsUInt <= long.MaxValue ? AsInt.GetHashCode() : AsUInt.GetHashCode(),
        CelKind.Double => CelComparison.TryAsWhole(AsDouble, out var whole) ? whole.GetHashCode() : AsDouble.GetHashCode(),
        CelKind.Int or CelKind.Bool or CelKind.Duration => _bits.GetHashCode(),
        CelKind.String or CelKind.Type => AsString.GetHashCode(StringComparison.Ordinal),
        CelKind.Timestamp => HashCode.Combine(_bits, _nanos),
        CelKind.Bytes => AsBytes.Length,
        CelKind.List => AsList.Count,
        CelKind.Map => AsMap.Count,
        CelKind.Object => _object!.GetHashCode(), // an object value is never made from null
        _ => 0,
    };

    /// <summary>Equality as in the language.</summary>
    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    /// <summary>Inequality as in the language.</summary>
    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <summary>The name of the type, as type() gives it.</summary>
    internal string TypeName => Kind switch
    {
        CelKind.List => "list",
        CelKind.Map => "map",
        CelKind.Null => "null_type",
        CelKind.Object => _object!.GetType().Name, // an object value is never made from null
        CelKind.Bool => "bool",
        CelKind.Int => "int",
        CelKind.UInt => "uint",
        CelKind.Double => "double",
        CelKind.String => "string",
        CelKind.Bytes => "bytes",
        CelKind.Duration => "google.protobuf.Duration",
        CelKind.Timestamp => "google.protobuf.Timestamp",
        _ => "type",
    };

    /// <summary>The value as text, for evidence and tests.</summary>
    public override string ToString() => Kind switch
    {
        CelKind.Null => "null",
        CelKind.List => "[" + string.Join(", ", AsList) + "]",
        CelKind.Map => "{" + string.Join(", ", AsMap.Entries.Select(e => $"{e.Key}: {e.Value}")) + "}",
        CelKind.Object => _object!.ToString() ?? "", // an object value is never made from null
        CelKind.Bytes => Convert.ToHexString(AsBytes),
        CelKind.Type => AsString,
        _ => CelConversion.ToText(this),
    };
}
