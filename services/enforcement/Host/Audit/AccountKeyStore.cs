using System.Security.Cryptography;
using System.Text;
using Moderation.Enforcement.Audit;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Audit;

/// <summary>
/// The keys under which the archive has what is personal, one for each account. Destroying one makes the account's records unreadable
/// wherever copies of the archive may be. The archive names accounts by a pseudonym that only who has this store's secret can compute.
/// </summary>
internal sealed class AccountKeyStore(RedisConnectionStore redis, KeySpace keys)
{
    private const int PseudonymBytes = 12;
    private const int Batch = 500;
    private static readonly EmbeddedScript GetOrCreate = EmbeddedScript.Load(typeof(AccountKeyStore).Assembly, "account_keys.lua");
    private static readonly EmbeddedScript FindOrDestroy = EmbeddedScript.Load(typeof(AccountKeyStore).Assembly, "account_key.lua");

    private byte[]? _secret;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>The account's name in the archive.</summary>
    public async ValueTask<byte[]> PseudonymAsync(string tenant, string account)
    {
        if (_secret is null)
        {
            var fresh = RandomNumberGenerator.GetBytes(32);
            var before = await Database.StringSetAndGetAsync(KeySpace.PseudonymSecret, fresh, when: When.NotExists);
            _secret = (byte[]?)before ?? fresh;
        }

        return HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{tenant}\n{account}"))[..PseudonymBytes];
    }

    /// <summary>The keys of accounts of a shard, made where there are none.</summary>
    public async Task<IReadOnlyList<byte[]>> GetOrCreateAsync(int shard, IReadOnlyList<byte[]> pseudonyms)
    {
        var found = new List<byte[]>(pseudonyms.Count);
        foreach (var batch in pseudonyms.Chunk(Batch))
        {
            var arguments = batch.SelectMany(p => new RedisValue[] { p, RandomNumberGenerator.GetBytes(RecordCipher.KeyLength) }).ToArray();
            found.AddRange((byte[][])(await GetOrCreate.RunAsync(Database, [KeySpace.AccountKeys(shard)], arguments))!); // as many as were asked for
        }

        return found;
    }

    /// <summary>The key of an account by its pseudonym; null when there is none, or none any more.</summary>
    public async Task<byte[]?> FindAsync(int shard, ReadOnlyMemory<byte> pseudonym)
        => (byte[]?)await FindOrDestroy.RunAsync(Database, [KeySpace.AccountKeys(shard)], [pseudonym, "find"]);

    /// <summary>Destroys the key of an account: what the archive has of it can't be read any more. Part of erasing an account.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DestroyAsync(string tenant, string account)
        => !(await FindOrDestroy.RunAsync(
            Database, [KeySpace.AccountKeys(keys.ShardOf(tenant, account))], [await PseudonymAsync(tenant, account), "destroy"])).IsNull;
}
