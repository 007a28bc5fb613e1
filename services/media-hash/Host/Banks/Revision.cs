using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using BankEntry = Moderation.MediaHash.Banks.BankEntry;

namespace Moderation.MediaHash.Host.Banks;

/// <summary>A change, as the history keeps it.</summary>
/// <param name="Actor">Who made it.</param>
/// <param name="Action">What it was.</param>
/// <param name="Reason">Why; may be empty.</param>
internal sealed record Revision(string Actor, BankEntryAction Action, string Reason)
{
    /// <summary>Its stored form; <paramref name="before"/> is null when someone else removed the entry meanwhile.</summary>
    public byte[] ToBytes(DateTimeOffset time, BankEntry? before) => new BankEntryRevision
    {
        Time = time.ToTimestamp(),
        Actor = Actor,
        Action = Action,
        Reason = Reason,
        Before = before?.ToContract(),
    }.ToByteArray();
}
