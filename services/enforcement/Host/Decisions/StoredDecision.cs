using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>A decision as its hash holds it: the notice and the statement stand apart, so that the script can see that they are there.</summary>
/// <param name="Body">The decision without notice and statement.</param>
/// <param name="Notice">The notice, or empty.</param>
/// <param name="Statement">The statement, or empty.</param>
/// <param name="Inputs">What was decided on, for replay.</param>
internal sealed record StoredDecision(byte[] Body, byte[] Notice, byte[] Statement, byte[] Inputs)
{
    public static StoredDecision Split(Decision decision, DecidePostRequest inputs)
    {
        var body = decision.Clone();
        body.Notice = null;
        body.Statement = null;
        return new StoredDecision(
            body.ToByteArray(), decision.Notice?.ToByteArray() ?? [], decision.Statement?.ToByteArray() ?? [], inputs.ToByteArray());
    }

    public static Decision Join(byte[]? body, byte[]? notice, byte[]? statement)
    {
        var decision = Decision.Parser.ParseFrom(body);
        decision.Notice = notice is { Length: > 0 } ? Contracts.V1.Notice.Parser.ParseFrom(notice) : null;
        decision.Statement = statement is { Length: > 0 } ? StatementOfReasons.Parser.ParseFrom(statement) : null;
        return decision;
    }

    /// <summary>SHA-256 over all parts, each behind its length as 8 bytes, big-endian.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var part in new[] { Body, Notice, Statement, Inputs })
        {
            BinaryPrimitives.WriteInt64BigEndian(length, part.Length);
            hash.AppendData(length);
            hash.AppendData(part);
        }

        return hash.GetHashAndReset();
    }

}
