using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Xunit;

namespace Moderation.Enforcement.Tests.Decisions;

public sealed class StoredDecisionTests
{
    [Fact]
    public void Pack_keeps_the_record_its_hash_and_the_lengths_that_the_commit_reads()
    {
        var record = new DecisionRecord
        {
            Decision = new Decision
            {
                DecisionId = "d_3_01M8CAQ97T99M6S7JVMNW3R1EH",
                TenantId = "acme",
                PostId = "p",
                AccountId = "a",
                Notice = new Notice { Title = "t", Body = new string('b', 300) },
                Statement = new StatementOfReasons { Language = "en" },
                CreateTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
            },
            Nonce = DecisionStore.NewNonce(),
        };
        var (bytes, hash) = StoredDecision.Pack(record);
        Assert.Equal(record, StoredDecision.Unpack(bytes));
        Assert.Equal(SHA256.HashData(record.ToByteArray()), hash);
        Assert.Equal((record.Decision.Notice.CalculateSize(), record.Decision.Statement.CalculateSize()), ((bytes[1] << 8) | bytes[2], (bytes[3] << 8) | bytes[4]));
        Assert.True(bytes.Length < record.CalculateSize());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void Pack_keeps_records_that_no_dictionary_knows(int length)
    {
        var record = new DecisionRecord { Decision = new Decision(), Nonce = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(length)) };
        Assert.Equal(record, StoredDecision.Unpack(StoredDecision.Pack(record).Bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Unpack_reads_what_earlier_versions_wrote(byte format)
    {
        var record = new DecisionRecord { Decision = new Decision { DecisionId = "d_1_x", Notice = new Notice { Body = new string('b', 300) } } };
        var body = record.ToByteArray();
        if (format == 2)
        {
            var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
            Assert.True(BrotliEncoder.TryCompress(body, compressed, out var length));
            body = compressed[..length];
        }

        Assert.Equal(record, StoredDecision.Unpack([format, 0, 0, 0, 0, .. body]));
    }

    [Fact]
    public void Unpack_names_a_format_that_it_does_not_know()
    {
        var error = Assert.Throws<InvalidDataException>(() => StoredDecision.Unpack([9, 0, 0, 0, 0, 1]));
        Assert.Equal("a stored decision has format 9; this version knows 1, 2 and 3", error.Message);
    }

    [Fact]
    public void Dictionary_never_changes()
    {
        using var stream = typeof(StoredDecision).Assembly.GetManifestResourceStream("decision-1.dict");
        Assert.NotNull(stream);
        Assert.Equal("51c147372b961bd68fe163c5ad47e79e293297f16038337486a3fac45e281e9d", Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
