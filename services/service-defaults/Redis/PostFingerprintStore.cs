using System.Globalization;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>A post and the fingerprints of its media.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="AccountId">The account.</param>
/// <param name="PostId">The post.</param>
/// <param name="Fingerprints">As they were kept.</param>
public sealed record FingerprintedPost(string TenantId, string AccountId, string PostId, byte[] Fingerprints);

/// <summary>
/// Fingerprints of recent public posts, by the day on which their media came in, in the shard of the account. A day's rows expire together; those of
/// one post or account go when the post is withdrawn or changed, or the account erased. One service writes, another forgets, so both know it here.
/// </summary>
public sealed class PostFingerprintStore(RedisConnectionStore redis, KeySpace keys)
{
    /// <summary>The longest that fingerprints can be kept, in days; where they are looked for when they have to go.</summary>
    public const int MaxDays = 90;

    private const int Page = 1000;

    private static readonly EmbeddedScript KeepScript = EmbeddedScript.Load(typeof(PostFingerprintStore).Assembly, "keep_fingerprints.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The day of a time, from 1970.</summary>
    public static long DayOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 86_400;

    /// <summary>
    /// Keeps the fingerprints of a post's revision, instead of those of an earlier one.
    /// </summary>
    /// <returns>False when the post was withdrawn, or has a later revision.</returns>
    public async Task<bool> KeepAsync(
        string tenant, string account, string post, long revision, byte[] fingerprints, DateTimeOffset now, int days)
    {
        var (shard, today) = (keys.ShardOf(tenant, account), DayOf(now));
        // Only a post that was changed can have rows of other days, and they are not worth a look at all of them for each post.
        var earlier = revision > 1 ? Days(shard, today - 1) : [];
        return (long)await KeepScript.RunAsync(
            Database,
            [KeySpace.Post(shard, tenant, post), DayKey(shard, today), .. earlier],
            [FieldOf(tenant, account, post), fingerprints, revision, (long)TimeSpan.FromDays(days + 1).TotalMilliseconds]) == 1;
    }

    /// <summary>Forgets those of a post. Again is harmless.</summary>
    /// <returns>How many days had some.</returns>
    public async Task<long> ForgetAsync(string tenant, string account, string post, DateTimeOffset now)
    {
        var (shard, field) = (keys.ShardOf(tenant, account), FieldOf(tenant, account, post));
        var gone = await Task.WhenAll(Days(shard, DayOf(now)).Select(day => Database.HashDeleteAsync(day, field)));
        return gone.LongCount(g => g);
    }

    /// <summary>Forgets a day's row as it was read; what has come in its place stays.</summary>
    public async Task ForgetAsync(FingerprintedPost post, long day)
    {
        ArgumentNullException.ThrowIfNull(post);
        var (key, field) = (DayKey(keys.ShardOf(post.TenantId, post.AccountId), day), FieldOf(post.TenantId, post.AccountId, post.PostId));
        var change = Database.CreateTransaction();
        change.AddCondition(Condition.HashEqual(key, field, post.Fingerprints));
        _ = change.HashDeleteAsync(key, field);
        await change.ExecuteAsync();
    }

    /// <summary>Those of an account.</summary>
    public async IAsyncEnumerable<FingerprintedPost> OfAccountAsync(string tenant, string account, DateTimeOffset now)
    {
        // Ids hold no line feed; what a pattern would read as its own is told again below.
        var pattern = $"{Escaped(tenant)}\n{Escaped(account)}\n*";
        foreach (var day in Days(keys.ShardOf(tenant, account), DayOf(now)))
        {
            await foreach (var row in Database.HashScanAsync(day, pattern, Page))
            {
                if (Read(row) is var post && post.TenantId == tenant && post.AccountId == account)
                {
                    yield return post;
                }
            }
        }
    }

    /// <summary>Those of a shard and a day, a page at a time; one may come twice.</summary>
    public async IAsyncEnumerable<IReadOnlyList<FingerprintedPost>> ReadAsync(int shard, long day)
    {
        var page = new List<FingerprintedPost>(Page);
        await foreach (var row in Database.HashScanAsync(DayKey(shard, day), pageSize: Page))
        {
            page.Add(Read(row));
            if (page.Count == Page)
            {
                yield return page;
                page = new List<FingerprintedPost>(Page);
            }
        }

        if (page.Count > 0)
        {
            yield return page;
        }
    }

    private static IEnumerable<RedisKey> Days(int shard, long latest)
        => Enumerable.Range(0, MaxDays + 1).Select(back => DayKey(shard, latest - back));

    private static RedisKey DayKey(int shard, long day) => KeySpace.PostFingerprints(shard, day.ToString(CultureInfo.InvariantCulture));

    private static string FieldOf(string tenant, string account, string post) => $"{tenant}\n{account}\n{post}";

    private static FingerprintedPost Read(HashEntry row)
    {
        var name = row.Name.ToString().Split('\n', 3);
        return new FingerprintedPost(name[0], name[1], name[2], (byte[])row.Value!); // a field of a hash has a value
    }

    private static string Escaped(string id)
        => string.Concat(id.Select(c => c is '*' or '?' or '[' or ']' or '\\' or '^' ? $"\\{c}" : c.ToString()));
}
