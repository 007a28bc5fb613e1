using System.Globalization;

namespace Moderation.Enforcement.Audit;

/// <summary>The names of the audit's chains: one for each shard, and one for changes of policy, banks, lists, keys and roles.</summary>
public static class AuditChains
{
    /// <summary>The chain of what people change.</summary>
    public const string Admin = "admin";

    /// <summary>What checkpoints are called where chains are listed; they are linked like one.</summary>
    public const string Checkpoints = "checkpoints";

    private const string ShardPrefix = "shard-";

    /// <summary>The chain of the decisions of a shard.</summary>
    public static string OfShard(int shard) => ShardPrefix + shard.ToString(CultureInfo.InvariantCulture);

    /// <summary>The shard of a chain, or null for the admin chain and for what is no chain.</summary>
    public static int? ShardOf(string chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return chain.StartsWith(ShardPrefix, StringComparison.Ordinal)
            && int.TryParse(chain.AsSpan(ShardPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            && OfShard(shard) == chain
            ? shard
            : null;
    }

    /// <summary>All chains of an installation.</summary>
    public static IEnumerable<string> All(int shardCount) => Enumerable.Range(0, shardCount).Select(OfShard).Append(Admin);
}
