namespace Moderation.Enforcement.Delivery;

/// <summary>How far the events of some shards are delivered: the last number that needs no more reading, in each. It never goes back.</summary>
public sealed class DeliveryCursor
{
    private readonly Dictionary<int, long> _shards;

    /// <summary>A cursor as stored.</summary>
    public DeliveryCursor(IEnumerable<KeyValuePair<int, long>> shards) => _shards = new(shards);

    /// <summary>The last number of a shard that needs no more reading; 0 before the first.</summary>
    public long this[int shard] => _shards.GetValueOrDefault(shard);

    /// <summary>Moves on.</summary>
    public void MoveTo(int shard, long sequence)
    {
        if (sequence > this[shard])
        {
            _shards[shard] = sequence;
        }
    }

    /// <summary>Goes where the store is, which lost its end or has trimmed what came next.</summary>
    public void Reset(int shard, long sequence) => _shards[shard] = sequence;

    /// <summary>Events between the cursor and <paramref name="ends"/>, the last numbers written.</summary>
    public long Waiting(IReadOnlyList<long> ends)
    {
        ArgumentNullException.ThrowIfNull(ends);
        return Enumerable.Range(0, ends.Count).Sum(s => Math.Max(0, ends[s] - this[s]));
    }
}
