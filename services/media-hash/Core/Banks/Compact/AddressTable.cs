using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Moderation.MediaHash.Banks.Compact;

/// <summary>
/// Addresses of records by a 64-bit hash, several for one hash where need be: eight bytes a slot, open addressing. Of the hash 20 bits lie in the
/// slot; whoever looks compares the record. One writer, any number of readers, no lock: a reader sees each slot as it was at some moment of its search.
/// </summary>
/// <param name="hashOf">The hash of a record, for when the table grows.</param>
internal sealed class AddressTable(Func<long, ulong> hashOf)
{
    private const int AddressBits = 43;
    private const long AddressMask = (1L << AddressBits) - 1;
    private const long Removed = -1;
    private const int SmallestSize = 64;
    private const int Ahead = 16;

    private long[] _slots = new long[SmallestSize];
    private int _filled;
    private int _count;

    /// <summary>Addresses.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes held.</summary>
    public long ByteCount => Volatile.Read(ref _slots).Length * 8L;

    public void Add(ulong hash, long address)
    {
        if (_filled >= _slots.Length / 4 * 3)
            Grow(_count + 1);
        var slots = _slots;
        for (var i = (int)hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
        {
            if (slots[i] != 0)
                continue;
            Volatile.Write(ref slots[i], SlotOf(hash, address));
            _filled++;
            Volatile.Write(ref _count, _count + 1);
            return;
        }
    }

    /// <summary>Adds many; where each belongs is fetched from memory ahead of its turn.</summary>
    public void Add(ReadOnlySpan<ulong> hashes, ReadOnlySpan<long> addresses)
    {
        Reserve(_count + hashes.Length);
        for (var i = 0; i < hashes.Length; i++)
        {
            if (i + Ahead < hashes.Length)
                Prefetch(ref _slots[(int)hashes[i + Ahead] & (_slots.Length - 1)]);
            Add(hashes[i], addresses[i]);
        }
    }

    /// <summary>Removes an address that is there.</summary>
    public void Remove(ulong hash, long address)
    {
        Put(hash, address, Removed);
        Volatile.Write(ref _count, _count - 1);
    }

    /// <summary>Puts another address in the place of one that is there.</summary>
    public void Move(ulong hash, long from, long to) => Put(hash, from, SlotOf(hash, to));

    /// <summary>Adds the addresses that may be of that hash.</summary>
    public void Find(ulong hash, ICollection<long> found)
    {
        var slots = Volatile.Read(ref _slots);
        var tag = (long)(hash >> 44);
        for (var i = (int)hash & (slots.Length - 1); ; i = (i + 1) & (slots.Length - 1))
        {
            var slot = Volatile.Read(ref slots[i]);
            if (slot == 0)
                return;
            if (slot != Removed && slot >> AddressBits == tag)
                found.Add((slot & AddressMask) - 1);
        }
    }

    /// <summary>Every address, in no order.</summary>
    public IEnumerable<long> All() => Volatile.Read(ref _slots).Where(slot => slot is not 0 and not Removed).Select(slot => (slot & AddressMask) - 1);

    private void Reserve(int count)
    {
        if (count > _slots.Length / 4 * 3)
            Grow(count);
    }

    private static unsafe void Prefetch(ref long slot)
    {
        // A hint about an address; if the collector moves the array meanwhile, the hint is stale and harmless.
        if (Sse.IsSupported)
            Sse.Prefetch0(Unsafe.AsPointer(ref slot));
    }

    private void Put(ulong hash, long address, long slot)
    {
        var old = SlotOf(hash, address);
        for (var i = (int)hash & (_slots.Length - 1); _slots[i] != 0; i = (i + 1) & (_slots.Length - 1))
        {
            if (_slots[i] != old)
                continue;
            Volatile.Write(ref _slots[i], slot);
            return;
        }
        throw new InvalidOperationException("An address is not where its hash says.");
    }

    private void Grow(int count)
    {
        var size = SmallestSize;
        while (size / 8 * 5 < count)
            size *= 2;
        var slots = new long[size];
        foreach (var address in All())
        {
            var hash = hashOf(address);
            var i = (int)hash & (size - 1);
            while (slots[i] != 0)
                i = (i + 1) & (size - 1);
            slots[i] = SlotOf(hash, address);
        }
        Volatile.Write(ref _slots, slots);
        _filled = _count;
    }

    // 20 bits keep the number positive: 63 in all.
    private static long SlotOf(ulong hash, long address) => ((long)(hash >> 44) << AddressBits) | (address + 1);
}
