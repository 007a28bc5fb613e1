using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;
using Contract = Moderation.Contracts.V1;

namespace Moderation.TextClassify.Host.Claims;

/// <summary>
/// The fact-checks in Redis, in one slot: a hash of them, a version that each change raises, and a history of who did what that is never
/// trimmed. Replicas load all of them when the version has changed: tens of thousands are read in a second, and the index is built anew anyway.
/// </summary>
internal sealed class ClaimStore(RedisConnectionStore redis, TimeProvider time)
{
    private static readonly RedisKey[] Keys = [KeySpace.ClaimEntries, KeySpace.ClaimVersion, KeySpace.ClaimHistory];
    private static readonly EmbeddedScript PutClaim = EmbeddedScript.Load(typeof(ClaimStore).Assembly, "put-claim.lua");
    private static readonly EmbeddedScript RemoveClaim = EmbeddedScript.Load(typeof(ClaimStore).Assembly, "remove-claim.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>Puts a fact-check in its place. Answers the version from which on it is there.</summary>
    public async Task<long> PutAsync(StoredFactCheck check) => (long)await PutClaim.RunAsync(Database, Keys,
        [check.Check.ClaimId, ContentOf(check), check.ToContract(false).ToByteArray(), check.Creator, check.CreateTime.ToUnixTimeMilliseconds()]);

    /// <summary>Removes one. Answers the version from which on it is gone; null when it is not there.</summary>
    public async Task<long?> RemoveAsync(string claimId, string actor)
    {
        var version = (long)await RemoveClaim.RunAsync(Database, Keys, [claimId, actor, time.GetUtcNow().ToUnixTimeMilliseconds()]);
        return version == 0 ? null : version;
    }

    /// <summary>The version; 0 before the first change.</summary>
    public async Task<long> ReadVersionAsync() => (long)await Database.StringGetAsync(KeySpace.ClaimVersion);

    /// <summary>All fact-checks.</summary>
    public async Task<IReadOnlyList<StoredFactCheck>> LoadAsync(CancellationToken cancellationToken)
    {
        var checks = new SortedDictionary<string, StoredFactCheck>(StringComparer.Ordinal);
        await foreach (var field in Database.HashScanAsync(KeySpace.ClaimEntries, pageSize: 1000).WithCancellation(cancellationToken))
        {
            var row = (byte[])field.Value!; // a field of a hash has a value
            checks[field.Name!] = StoredFactCheck.Of(Contract.FactCheck.Parser.ParseFrom(row.AsSpan(Array.IndexOf(row, (byte)' ') + 1)));
        }
        return [.. checks.Values];
    }

    // All but who and when: importing the same again is no change.
    private static string ContentOf(StoredFactCheck check) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((check with { Creator = "", CreateTime = default }).ToContract(false).ToString())));
}
