using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Moderation.Enforcement;

/// <summary>
/// Shares of accounts by a keyed hash of account and rule: the same account stays in while the share grows, another rule has other
/// accounts, and nobody without the key can tell who is in.
/// </summary>
public static class AccountShare
{
    /// <summary>Whether an account is in the share of a rule.</summary>
    /// <param name="key">The installation's secret.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="account">The account.</param>
    /// <param name="ruleId">The rule.</param>
    /// <param name="share">0 (nobody) to 1 (all).</param>
    public static bool Contains(ReadOnlySpan<byte> key, string tenant, string account, string ruleId, double share)
    {
        if (!(share > 0))
            return false;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // Lengths before the parts: two triples never look the same.
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{tenant.Length}:{tenant}{account.Length}:{account}{ruleId}"), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) < share * (1L + uint.MaxValue);
    }
}
