namespace Moderation.Enforcement.Delivery;

/// <summary>An event that is held, as far as its order goes.</summary>
/// <param name="Shard">Its shard.</param>
/// <param name="Sequence">Its number in the shard; an account's events have ascending ones.</param>
/// <param name="Account">The account it is about; of one shard.</param>
/// <param name="NextAttempt">When it may be tried.</param>
public readonly record struct HeldKey(int Shard, long Sequence, string Account, DateTimeOffset NextAttempt);

/// <summary>
/// The events of a lane that wait to be tried again. Only the first of an account may go, so the order within an account holds; other
/// accounts don't wait for it.
/// </summary>
/// <typeparam name="T">What is kept with each.</typeparam>
public sealed class HeldEvents<T>
{
    private readonly Dictionary<(int Shard, string Account), SortedList<long, (HeldKey Key, T Value)>> _accounts = [];
    private readonly Dictionary<int, int> _counts = [];

    /// <summary>How many of a shard are held.</summary>
    public int CountOf(int shard) => _counts.GetValueOrDefault(shard);

    /// <summary>Whether an event of the account is held.</summary>
    public bool Holds(int shard, string account) => _accounts.ContainsKey((shard, account));

    /// <summary>Whether an event is held.</summary>
    public bool Contains(HeldKey key) => _accounts.TryGetValue((key.Shard, key.Account), out var events) && events.ContainsKey(key.Sequence);

    /// <summary>Holds an event, or changes what is held.</summary>
    public void Put(HeldKey key, T value)
    {
        if (!_accounts.TryGetValue((key.Shard, key.Account), out var events))
        {
            events = _accounts[(key.Shard, key.Account)] = [];
        }

        if (!events.ContainsKey(key.Sequence))
        {
            _counts[key.Shard] = CountOf(key.Shard) + 1;
        }

        events[key.Sequence] = (key, value);
    }

    /// <summary>Lets an event go.</summary>
    public void Remove(HeldKey key)
    {
        if (_accounts.TryGetValue((key.Shard, key.Account), out var events) && events.Remove(key.Sequence))
        {
            _counts[key.Shard] = CountOf(key.Shard) - 1;
            if (events.Count == 0)
            {
                _accounts.Remove((key.Shard, key.Account));
            }
        }
    }

    /// <summary>Lets all go.</summary>
    public void Clear()
    {
        _accounts.Clear();
        _counts.Clear();
    }

    /// <summary>The event that may be tried soonest: the first of its account; null when none is held.</summary>
    public (HeldKey Key, T Value)? First()
        => _accounts.Count == 0 ? null : _accounts.Values.Select(e => e.Values[0]).MinBy(e => (e.Key.NextAttempt, e.Key.Sequence));
}
