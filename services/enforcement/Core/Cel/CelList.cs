using System.Collections;

namespace Moderation.Enforcement.Cel;

/// <summary>A list of CEL values. Immutable.</summary>
public abstract class CelList : IReadOnlyList<CelValue>
{
    /// <summary>The list without elements.</summary>
    public static CelList Empty { get; } = new CelArrayList([]);

    /// <summary>How many elements there are.</summary>
    public abstract int Count { get; }

    /// <summary>The element at an index from 0.</summary>
    public abstract CelValue this[int index] { get; }

    /// <summary>A list over values; the array must not be changed afterwards.</summary>
    public static CelList Of(params CelValue[] values) => new CelArrayList(values);

    /// <summary>A list over objects with declared fields; made once, so that reading it allocates nothing.</summary>
    public static CelList OfObjects<T>(IReadOnlyList<T> items) where T : class => new CelObjectList<T>([.. items]);

    /// <summary>A list over strings.</summary>
    public static CelList OfStrings(IReadOnlyList<string> items) => new CelArrayList([.. items.Select(CelValue.Of)]);

    /// <inheritdoc />
    public IEnumerator<CelValue> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class CelArrayList(CelValue[] values) : CelList
    {
        public override int Count => values.Length;

        public override CelValue this[int index] => values[index];
    }

    /// <summary>The objects of a list whose elements are known to be of one type; no copy for lists that were made over objects.</summary>
    internal static T[] ObjectsOf<T>(CelList list) where T : class =>
        list is CelObjectList<T> objects ? objects.Items : [.. list.Select(value => value.AsObject).OfType<T>()];
}

/// <summary>A list over objects. What it stands for can be exchanged, so that one list serves one evaluation after another.</summary>
internal sealed class CelObjectList<T>(T[] items) : CelList where T : class
{
    public T[] Items { get; set; } = items;

    public override int Count => Items.Length;

    public override CelValue this[int index] => CelValue.OfObject(Items[index]);
}

/// <summary>A map of CEL values in the order of its entries. Immutable.</summary>
public sealed class CelMap
{
    private readonly Dictionary<CelValue, CelValue> _values;

    private CelMap(Dictionary<CelValue, CelValue> values, CelList keys)
    {
        _values = values;
        Keys = keys;
    }

    /// <summary>The map without entries.</summary>
    public static CelMap Empty { get; } = new([], CelList.Empty);

    /// <summary>How many entries there are.</summary>
    public int Count => _values.Count;

    /// <summary>The keys, in the order of the entries.</summary>
    public CelList Keys { get; }

    /// <summary>The entries in order.</summary>
    public IEnumerable<KeyValuePair<CelValue, CelValue>> Entries => Keys.Select(k => KeyValuePair.Create(k, _values[k]));

    /// <summary>A map over entries; fails on keys of other types than bool, int, uint and string, and on repeated keys.</summary>
    internal static CelFaultCode TryCreate(ReadOnlySpan<CelValue> keys, ReadOnlySpan<CelValue> values, out CelMap map)
    {
        map = Empty;
        var entries = new Dictionary<CelValue, CelValue>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i].Kind is not (CelKind.Bool or CelKind.Int or CelKind.UInt or CelKind.String))
                return CelFaultCode.UnsupportedKey;
            if (!entries.TryAdd(keys[i], values[i]))
                return CelFaultCode.DuplicateKey;
        }
        map = new CelMap(entries, CelList.Of(keys.ToArray()));
        return CelFaultCode.None;
    }

    /// <summary>The value behind a key; numbers are found across types.</summary>
    public bool TryGet(CelValue key, out CelValue value) => _values.TryGetValue(key, out value);
}
