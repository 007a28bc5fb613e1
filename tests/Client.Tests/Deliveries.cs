using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;

namespace Moderation.Client.Tests;

/// <summary>Deliveries as the suite signs them, made by the words of the contract and not by its code.</summary>
internal static class Deliveries
{
    public const string KeyId = "k_1";
    public static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    public static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    public static string Shown(byte[] secret) => "whsec_" + Convert.ToBase64String(secret);

    public static string Sign(string id, long timestamp, string keyId, byte[] body, byte[]? secret = null)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{keyId}.")), .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret ?? Secret, signed));
    }

    public static WatchDecisionsResponse Decided(string post, long revision, DateTimeOffset time, params MeasureKind[] measures)
    {
        var decision = new Decision
        {
            DecisionId = $"d_1_{post}_{revision}_{time.ToUnixTimeSeconds()}",
            PostId = post,
            Revision = revision,
            CreateTime = Timestamp.FromDateTimeOffset(time),
            Outcome = measures.Length > 0 ? DecisionOutcome.Measures : DecisionOutcome.NoAction,
            Measures = { measures.Select(m => new Measure { Kind = m }) },
        };
        return new WatchDecisionsResponse { EventId = "decided:" + decision.DecisionId, Decided = decision };
    }

    public static byte[] Body(WatchDecisionsResponse happened) => Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(happened));
}
