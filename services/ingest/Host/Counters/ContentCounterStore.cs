using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Ingest.Host.Counters;

/// <summary>
/// How many posts and accounts hold the same content or link to the same host. Global within a tenant, so it lies in slots of its own and is counted
/// and read before a post is decided. A HyperLogLog counts a post once however often it is processed.
/// </summary>
internal sealed class ContentCounterStore(RedisConnectionStore redis)
{
    private const int Parts = 7;
    private static readonly EmbeddedScript Bump = EmbeddedScript.Load(typeof(ContentCounterStore).Assembly, "bump_counters.lua");

    // A window is six parts and what has passed of the present one.
    private static readonly (string Name, TimeSpan Part)[] Windows =
        [("h", TimeSpan.FromMinutes(10)), ("d", TimeSpan.FromHours(4)), ("m", TimeSpan.FromDays(5))];

    /// <summary>Counts a post. The same post at the same time gives the same counts or, when others came since, higher ones.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="post">The post.</param>
    /// <param name="time">When it was taken in.</param>
    public async Task<ContentCounters> CountAsync(string tenant, Post post, DateTimeOffset time)
    {
        var content = PostContent.Fingerprint(post);
        var same = content.Length == 0 ? null : CountAsync(tenant, "content:" + content, post, time);
        var hosts = await Task.WhenAll(PostRules.LinkHosts(post.Text).Select(host => CountAsync(tenant, "host:" + host, post, time)));
        return new ContentCounters
        {
            SameContent = same is null ? null : await same,
            LinkHosts = hosts.Length == 0 ? null : hosts.Aggregate(Most),
        };
    }

    // Posts and accounts.
    private static readonly char[] Counted = ['p', 'a'];

    private async Task<WindowCounts> CountAsync(string tenant, string held, Post post, DateTimeOffset time)
    {
        var keys = from counted in Counted
                   from window in Windows
                   let bucket = time.ToUnixTimeMilliseconds() / (long)window.Part.TotalMilliseconds
                   from back in Enumerable.Range(0, Parts)
                   select (RedisKey)KeySpace.ContentCounter(tenant, held, counted, window.Name, bucket - back);
        var counts = (long[])(await Bump.RunAsync(
            redis.Multiplexer.GetDatabase(), [.. keys],
            [post.PostId, post.AccountId, .. Windows.Select(w => (RedisValue)(long)((Parts + 1) * w.Part).TotalMilliseconds)]))!; // always six
        return new WindowCounts
        {
            Posts1H = counts[0],
            Posts1D = counts[1],
            Posts30D = counts[2],
            Accounts1H = counts[3],
            Accounts1D = counts[4],
            Accounts30D = counts[5],
        };
    }

    private static WindowCounts Most(WindowCounts a, WindowCounts b) => new()
    {
        Posts1H = Math.Max(a.Posts1H, b.Posts1H),
        Posts1D = Math.Max(a.Posts1D, b.Posts1D),
        Posts30D = Math.Max(a.Posts30D, b.Posts30D),
        Accounts1H = Math.Max(a.Accounts1H, b.Accounts1H),
        Accounts1D = Math.Max(a.Accounts1D, b.Accounts1D),
        Accounts30D = Math.Max(a.Accounts30D, b.Accounts30D),
    };
}
