using Google.Protobuf.WellKnownTypes;

namespace Moderation.TextClassify.Host.Rpc;

/// <summary>Times that a message can carry and a calendar can't: gRPC takes any number of seconds.</summary>
internal static class TimestampRange
{
    public const string Expected = "must be a time of the years 1 to 9999";

    private const long First = -62_135_596_800;
    private const long Last = 253_402_300_799;

    /// <summary>Whether it is a time, or absent.</summary>
    public static bool Holds(Timestamp? time) => time is null or { Seconds: >= First and <= Last, Nanos: >= 0 and < 1_000_000_000 };
}
