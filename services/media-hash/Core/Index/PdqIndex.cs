using Moderation.MediaHash.Hashing;

namespace Moderation.MediaHash.Index;

/// <summary>
/// An exact index of PDQ hashes that changes while it is searched. Readers take <see cref="Current"/> and never wait; writers take turns
/// and publish a new snapshot for each batch. New items are compared row by row until there are enough of them to sort the whole again.
/// </summary>
public sealed class PdqIndex
{
    /// <summary>Up to this many rows, comparing each is as quick as looking up 272 buckets.</summary>
    internal const int ScanLimit = 4096;

    private readonly Lock _writing = new();

    // Where each key is: its row among the sorted, or the complement of its row among the recent.
    private readonly Dictionary<long, int> _rows = [];
    private volatile PdqIndexSnapshot _current = PdqIndexSnapshot.Empty;

    /// <summary>The index as of the last change.</summary>
    public PdqIndexSnapshot Current => _current;

    /// <summary>Removes, then adds, and publishes the result at once: no search sees half of a batch.</summary>
    /// <param name="add">Items to add; one whose key is there already replaces it. The last of equal keys counts.</param>
    /// <param name="remove">Keys to remove; unknown ones are passed over.</param>
    public void Apply(IReadOnlyCollection<PdqIndexItem> add, IReadOnlyCollection<long> remove)
    {
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(remove);
        lock (_writing)
        {
            var draft = new Draft(_current, _rows);
            foreach (var key in remove)
                draft.Remove(key);
            foreach (var item in add)
            {
                draft.Remove(item.Key);
                draft.Add(item);
            }
            _current = draft.Publish();
        }
    }

    private sealed class Draft(PdqIndexSnapshot from, Dictionary<long, int> rows)
    {
        private readonly List<long> _keys = [.. from.RecentKeys];
        private readonly List<PdqHash> _hashes = [.. from.RecentHashes];
        private ulong[]? _removed;
        private int _removedCount = from.RemovedCount;

        public void Add(PdqIndexItem item)
        {
            rows[item.Key] = ~_keys.Count;
            _keys.Add(item.Key);
            _hashes.Add(item.Hash);
        }

        public void Remove(long key)
        {
            if (!rows.Remove(key, out var row))
                return;
            if (row >= 0)
            {
                _removed ??= (ulong[]?)from.Removed?.Clone() ?? new ulong[(from.SortedKeys.Length + 63) / 64];
                _removed[row >> 6] |= 1UL << (row & 63);
                _removedCount++;
                return;
            }
            row = ~row;
            var last = _keys.Count - 1;
            if (row != last)
            {
                _keys[row] = _keys[last];
                _hashes[row] = _hashes[last];
                rows[_keys[row]] = ~row;
            }
            _keys.RemoveAt(last);
            _hashes.RemoveAt(last);
        }

        public PdqIndexSnapshot Publish()
        {
            var limit = Math.Max(ScanLimit, from.SortedKeys.Length / 64);
            if (_keys.Count <= limit && _removedCount <= Math.Max(limit, from.SortedKeys.Length / 4))
            {
                return new PdqIndexSnapshot(
                    from.SortedKeys, from.SortedHashes, from.Bands, _removed ?? from.Removed, [.. _keys], [.. _hashes]);
            }
            return Sort();
        }

        private PdqIndexSnapshot Sort()
        {
            var removed = _removed ?? from.Removed;
            var count = from.SortedKeys.Length - _removedCount + _keys.Count;
            var keys = new long[count];
            var hashes = new PdqHash[count];
            var to = 0;
            for (var i = 0; i < from.SortedKeys.Length; i++)
            {
                if (removed is not null && (removed[i >> 6] >> (i & 63) & 1) != 0)
                    continue;
                keys[to] = from.SortedKeys[i];
                hashes[to++] = from.SortedHashes[i];
            }
            _keys.CopyTo(keys, to);
            _hashes.CopyTo(hashes, to);
            for (var i = 0; i < count; i++)
                rows[keys[i]] = i;
            var bands = count > ScanLimit ? BandTable.Build(hashes) : null;
            return new PdqIndexSnapshot(keys, hashes, bands, null, [], []);
        }
    }
}
