using System.Globalization;
using System.Runtime.CompilerServices;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>
/// Walks through all keys by SCAN, a page at a time, so that no index of an account's records has to be kept beside them: exports, erasures and
/// sweeps are rare, records are not. What is there during the whole walk is seen at least once.
/// </summary>
internal sealed class KeyWalkStore(RedisConnectionStore redis)
{
    private const int PageSize = 1000;
    private const char Separator = '|';

    /// <summary>All keys of a pattern.</summary>
    public async IAsyncEnumerable<string> KeysAsync(string pattern, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var place = "";
        do
        {
            var page = await PageAsync(place, pattern);
            foreach (var key in page.Keys)
            {
                yield return key;
            }

            place = page.Next;
        }
        while (place.Length > 0 && !cancellationToken.IsCancellationRequested);
    }

    /// <summary>The page of a walk at a place.</summary>
    /// <param name="place">As answered with the page before; empty: the first.</param>
    /// <param name="pattern">The pattern.</param>
    /// <returns>The keys, and where to go on; empty at the end. A server that is gone in between begins again at its first page.</returns>
    public async Task<(IReadOnlyList<string> Keys, string Next)> PageAsync(string place, string pattern)
    {
        Dictionary<string, IServer> servers;
        while ((servers = Servers()).Count == 0)
        {
            await redis.Multiplexer.GetDatabase().PingAsync(); // fails with the store's own words when none can be reached
        }

        var order = servers.Keys.Order(StringComparer.Ordinal).ToList();
        var cut = place.LastIndexOf(Separator);
        var (at, cursor) = cut < 0 ? (order[0], "0") : (place[..cut], place[(cut + 1)..]);
        if (!servers.TryGetValue(at, out var server))
        {
            (at, cursor) = (order.Find(s => string.CompareOrdinal(s, at) > 0) ?? order[^1], "0");
            server = servers[at];
        }

        var answer = (RedisResult[])(await server.ExecuteAsync(
            "SCAN", cursor, "MATCH", pattern, "COUNT", PageSize.ToString(CultureInfo.InvariantCulture)))!; // always an array of two
        var next = answer[0].ToString();
        var keys = ((RedisResult[])answer[1]!).Select(k => k.ToString()).ToList(); // an array, maybe empty
        if (next != "0")
        {
            return (keys, $"{at}{Separator}{next}");
        }

        var following = order.Find(s => string.CompareOrdinal(s, at) > 0);
        return (keys, following is null ? "" : $"{following}{Separator}0");
    }

    private Dictionary<string, IServer> Servers() => redis.Multiplexer.GetServers().Where(s => s.IsConnected && !s.IsReplica)
        .ToDictionary(s => s.EndPoint.ToString() ?? "", s => s, StringComparer.Ordinal);
}
