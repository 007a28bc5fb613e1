using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>
/// Lists records of a kind, newest first, over all shards. Each shard has a sorted set of ULIDs with one score, so their order is by time and
/// then total: no two records tie, and a page token is the last ULID of the page before.
/// </summary>
internal sealed class RecordIndexStore(RedisConnectionStore redis, KeySpace keys)
{
    /// <summary>The largest page.</summary>
    public const int LargestPage = 200;

    /// <summary>The page where none is asked for.</summary>
    public const int DefaultPage = 50;

    /// <summary>Whether a token is one of ours.</summary>
    public static bool IsToken(string token) => token.Length == 0 || Ulid.TryParse(token, out _);

    /// <summary>The effects that list a record, and drop from the list what is older than any record that is kept.</summary>
    /// <param name="key">The shard's index.</param>
    /// <param name="id">The record.</param>
    /// <param name="now">The time.</param>
    /// <param name="kept">How long records are kept.</param>
    public static IEnumerable<CommitEffect> Add(string key, string id, DateTimeOffset now, TimeSpan kept) =>
    [
        new("ZADD", key, 0, UlidOf(id)),
        new("ZREMRANGEBYLEX", key, "-", "(" + Ulid.NewUlid(now - kept, new byte[10])),
    ];

    /// <summary>A page of ids.</summary>
    /// <param name="kind">The letter of the ids.</param>
    /// <param name="shards">The shards that may have some.</param>
    /// <param name="keyOf">The index of a shard.</param>
    /// <param name="token">As <see cref="TokenOf"/> gave it; empty for the newest.</param>
    /// <param name="size">How many.</param>
    /// <returns>The ids, and whether there are more.</returns>
    public async Task<(IReadOnlyList<string> Ids, bool More)> PageAsync(char kind, IEnumerable<int> shards, Func<int, string> keyOf, string token, int size)
    {
        var database = redis.Multiplexer.GetDatabase();
        var heads = await Task.WhenAll(shards.Select(async shard =>
        {
            var rows = await database.ExecuteAsync(
                "ZREVRANGEBYLEX", (RedisKey)keyOf(shard), token.Length == 0 ? "+" : "(" + token, "-", "LIMIT", 0, size + 1);
            return ((RedisResult[])rows!).Select(r => (Ulid: r.ToString(), Shard: shard)); // always an array
        }));
        var sorted = heads.SelectMany(h => h).OrderByDescending(r => r.Ulid, StringComparer.Ordinal).Take(size + 1).ToList();
        return ([.. sorted.Take(size).Select(r => $"{kind}_{r.Shard}_{r.Ulid}")], sorted.Count > size);
    }

    /// <summary>All shards.</summary>
    public IEnumerable<int> Everywhere => Enumerable.Range(0, keys.ShardCount);

    /// <summary>The token of the page after this one.</summary>
    public static string TokenOf((IReadOnlyList<string> Ids, bool More) page) => page.More ? UlidOf(page.Ids[^1]) : "";

    private static string UlidOf(string id) => id[(id.LastIndexOf('_') + 1)..];
}
