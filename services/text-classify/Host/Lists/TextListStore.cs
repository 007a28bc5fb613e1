using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.ServiceDefaults.Redis;
using Moderation.TextClassify.Lists;
using StackExchange.Redis;
using Contract = Moderation.Contracts.V1;

namespace Moderation.TextClassify.Host.Lists;

/// <summary>What became of an adding.</summary>
/// <param name="Entry">The entry as stored; null when the id is taken by another content.</param>
/// <param name="Version">The version from which on it matches.</param>
internal sealed record TextListAddition(TextListEntry? Entry, long Version);

/// <summary>
/// The lists in Redis, in one slot: a hash of entries, the version, a stream of changes for replicas (its ids are the versions), and a history
/// of who did what that is never trimmed. A million entries take about 300 MB there.
/// </summary>
internal sealed class TextListStore(RedisConnectionStore redis, TimeProvider time)
{
    /// <summary>Changes kept for replicas to catch up with; one that is further behind loads again.</summary>
    private const int ChangesKept = 100_000;

    private static readonly RedisKey[] Keys = [KeySpace.TextListEntries, KeySpace.TextListVersion, KeySpace.TextListChanges, KeySpace.TextListHistory];
    private static readonly EmbeddedScript PutEntry = EmbeddedScript.Load(typeof(TextListStore).Assembly, "put-entry.lua");
    private static readonly EmbeddedScript RemoveEntry = EmbeddedScript.Load(typeof(TextListStore).Assembly, "remove-entry.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Adds an entry; the same entry again is answered as it was stored first.</summary>
    public async Task<TextListAddition> AddAsync(TextListEntry entry)
    {
        var answer = (RedisResult[])(await PutEntry.RunAsync(Database, Keys,
        [
            FieldOf(entry.Key), ContentOf(entry), entry.ToContract().ToByteArray(), entry.Creator, (int)entry.Category, (int)entry.Kind,
            entry.CreateTime.ToUnixTimeMilliseconds(), ChangesKept,
        ]))!; // always three
        return (string?)answer[0] == "conflict"
            ? new TextListAddition(null, 0)
            : new TextListAddition(ReadRow((byte[])answer[2]!), (long)answer[1]); // the script answers the row
    }

    /// <summary>An entry; null when it is not there.</summary>
    public async Task<TextListEntry?> FindAsync(TextListKey key) =>
        (byte[]?)await Database.HashGetAsync(KeySpace.TextListEntries, FieldOf(key)) is { } row ? ReadRow(row) : null;

    /// <summary>Removes an entry. Answers the version from which on it no longer matches; null when it is not there.</summary>
    public async Task<long?> RemoveAsync(TextListKey key, string actor)
    {
        if (await FindAsync(key) is not { } entry) return null;
        var version = (long)await RemoveEntry.RunAsync(Database, Keys,
            [FieldOf(key), actor, (int)entry.Category, (int)entry.Kind, time.GetUtcNow().ToUnixTimeMilliseconds(), ChangesKept]);
        return version == 0 ? null : version;
    }

    /// <summary>The version of the lists; 0 before the first change.</summary>
    public async Task<long> ReadVersionAsync() => (long)await Database.StringGetAsync(KeySpace.TextListVersion);

    /// <summary>The next changes after a version, at most <paramref name="count"/>; null when they are no longer all there.</summary>
    public async Task<IReadOnlyList<TextListUpdate>?> ReadChangesAsync(long version, int count)
    {
        var entries = await Database.StreamRangeAsync(KeySpace.TextListChanges, $"{version + 1}-0", "+", count);
        if (entries.Length == 0 || entries[0].Id != $"{version + 1}-0") return null;
        return
        [
            .. entries.Select(e =>
            {
                var payload = (byte[])e["payload"]!; // written by both scripts
                return new TextListUpdate(KeyOf((string)e["entry"]!), payload.Length == 0 ? null : Contract.TextListEntry.Parser.ParseFrom(payload).ToCore());
            }),
        ];
    }

    /// <summary>All entries. Read the version first: a change that comes meanwhile is then applied again, which does no harm.</summary>
    public async Task<IReadOnlyList<TextListEntry>> LoadAsync(CancellationToken cancellationToken)
    {
        var entries = new Dictionary<TextListKey, TextListEntry>();
        await foreach (var field in Database.HashScanAsync(KeySpace.TextListEntries, pageSize: 2000).WithCancellation(cancellationToken))
        {
            var entry = ReadRow((byte[])field.Value!); // a field of a hash has a value
            entries[entry.Key] = entry;
        }
        return [.. entries.Values];
    }

    /// <summary>Who did what after a version, oldest first, at most <paramref name="count"/>.</summary>
    public async Task<IReadOnlyList<Contract.TextListChange>> ReadHistoryAsync(long version, int count)
    {
        var entries = await Database.StreamRangeAsync(KeySpace.TextListHistory, $"{version + 1}-0", "+", count);
        return
        [
            .. entries.Select(e =>
            {
                var key = KeyOf((string)e["entry"]!); // written by both scripts
                return new Contract.TextListChange
                {
                    ListVersion = long.Parse(e.Id.ToString().Split('-')[0], CultureInfo.InvariantCulture),
                    TenantId = key.TenantId,
                    EntryId = key.EntryId,
                    Added = (int)e["added"] == 1,
                    Category = (Contract.HarmCategory)(int)e["category"],
                    Kind = (Contract.TextListKind)(int)e["kind"],
                    Actor = e["actor"].ToString(),
                    ChangeTime = DateTimeOffset.FromUnixTimeMilliseconds((long)e["time_ms"]).ToTimestamp(),
                };
            }),
        ];
    }

    // Ids hold no slash.
    private static string FieldOf(TextListKey key) => $"{key.TenantId}/{key.EntryId}";

    private static TextListKey KeyOf(string field)
    {
        var slash = field.IndexOf('/', StringComparison.Ordinal);
        return new TextListKey(field[..slash], field[(slash + 1)..]);
    }

    // What two requests for one id must agree in.
    private static string ContentOf(TextListEntry entry) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{(int)entry.Kind}\n{(int)entry.Category}\n{entry.EndTime?.ToUnixTimeMilliseconds()}\n{entry.Pattern}"))));

    private static TextListEntry ReadRow(ReadOnlySpan<byte> row) => Contract.TextListEntry.Parser.ParseFrom(row[(row.IndexOf((byte)' ') + 1)..]).ToCore();
}
