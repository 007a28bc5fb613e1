namespace Moderation.Enforcement.Cel;

/// <summary>Functions over collections.</summary>
internal static class CelCollections
{
    public static long BytesSize(byte[] value) => value.Length;

    public static long ListSize(CelList value) => value.Count;

    public static long MapSize(CelMap value) => value.Count;

    public static bool InList(CelValue value, CelList list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (CelComparison.AreEqual(value, list[i]))
                return true;
        }
        return false;
    }

    public static bool InStrings(string value, string[] list)
    {
        foreach (var item in list)
        {
            if (string.Equals(item, value, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    public static bool InInts(long value, long[] list) => Array.IndexOf(list, value) >= 0;

    public static bool InMap(CelValue value, CelMap map) => map.TryGet(value, out _);

    public static CelValue IndexList(CelList list, CelValue index, int position, ref CelFault fault)
    {
        long at;
        switch (index.Kind)
        {
            case CelKind.Int:
                at = index.AsInt;
                break;
            case CelKind.UInt when index.AsUInt <= int.MaxValue:
                at = index.AsInt;
                break;
            case CelKind.Double when CelComparison.TryAsWhole(index.AsDouble, out at):
                break;
            default:
                return CelConversion.Fail(CelValue.Null, CelFaultCode.NoSuchOverload, position, ref fault);
        }
        return at >= 0 && at < list.Count
            ? list[(int)at]
            : CelConversion.Fail(CelValue.Null, CelFaultCode.IndexOutOfRange, position, ref fault);
    }

    public static CelValue IndexMap(CelMap map, CelValue key, int position, ref CelFault fault) =>
        map.TryGet(key, out var value) ? value : CelConversion.Fail(CelValue.Null, CelFaultCode.NoSuchKey, position, ref fault);

    public static bool InDynamic(CelValue value, CelValue holder, int position, ref CelFault fault) => holder.Kind switch
    {
        CelKind.List => InList(value, holder.AsList),
        CelKind.Map => InMap(value, holder.AsMap),
        _ => CelConversion.Fail(false, CelFaultCode.NoSuchOverload, position, ref fault),
    };

    public static CelValue IndexDynamic(CelValue holder, CelValue index, int position, ref CelFault fault) => holder.Kind switch
    {
        CelKind.List => IndexList(holder.AsList, index, position, ref fault),
        CelKind.Map => IndexMap(holder.AsMap, index, position, ref fault),
        _ => CelConversion.Fail(CelValue.Null, CelFaultCode.NoSuchOverload, position, ref fault),
    };

    /// <summary>Field selection on a value whose type is known only now.</summary>
    public static CelValue Select(CelValue operand, string field, int position, ref CelFault fault) =>
        IndexMap(CelConversion.RequireMap(operand, position, ref fault), CelValue.Of(field), position, ref fault);

    public static bool Has(CelValue operand, string field, int position, ref CelFault fault) =>
        CelConversion.RequireMap(operand, position, ref fault).TryGet(CelValue.Of(field), out _);

    public static CelList KeysOrElements(CelValue range, int position, ref CelFault fault) => range.Kind switch
    {
        CelKind.List => range.AsList,
        CelKind.Map => range.AsMap.Keys,
        _ => CelConversion.Fail(CelList.Empty, CelFaultCode.NoSuchOverload, position, ref fault),
    };

    /// <summary>The second variable of a two-variable macro: the element behind an index, or the value behind a key.</summary>
    public static CelValue ElementOrValue(CelValue range, CelList keys, int index)
    {
        if (range.Kind == CelKind.Map && range.AsMap.TryGet(keys[index], out var value))
            return value;
        return keys[index];
    }

    /// <summary>The first variable of a two-variable macro: the index in a list, or the key of a map.</summary>
    public static CelValue IndexOrKey(CelValue range, CelList keys, int index) =>
        range.Kind == CelKind.Map ? keys[index] : CelValue.Of((long)index);

    public static CelList ToList(List<CelValue> values) => CelList.Of([.. values]);

    public static CelMap ToMap(List<CelValue> keys, List<CelValue> values, int position, ref CelFault fault) =>
        MakeMap([.. keys], [.. values], position, ref fault);

    public static CelMap MakeMap(CelValue[] keys, CelValue[] values, int position, ref CelFault fault)
    {
        var code = CelMap.TryCreate(keys, values, out var map);
        if (code != CelFaultCode.None)
            CelFault.Raise(ref fault, code, position);
        return map;
    }
}
