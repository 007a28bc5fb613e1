using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Exchange;
using Xunit;

namespace Moderation.MediaHash.Tests.Exchange;

public sealed class HashListTests
{
    private const string Pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    private const string Md5 = "9e107d9d372bb6826bd81d3542a419d6";
    private const string Sha1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
    private static readonly HashListDefaults Defaults = new("lists", HarmCategory.FraudSpam, "a list");

    private static HashListRow Json(string line) => new HashListParser(Defaults, isCsv: false).Parse(7, line)!; // none of these lines is blank

    private static List<HashListRow> Csv(params string[] lines)
    {
        var parser = new HashListParser(Defaults, isCsv: true);
        return [.. lines.Select((line, i) => parser.Parse(i + 1, line)).OfType<HashListRow>()];
    }

    [Fact]
    public void Parse_reads_the_shapes_of_threatexchange()
    {
        var row = Json($$"""{"signal_type":"pdq","signal_str":"{{Pdq.ToUpperInvariant()}}","tags":["Media Priority: S0","x"]}""");
        var entry = Assert.Single(row.Entries);
        Assert.Equal((HashKind.Pdq, Pdq, "pdq:" + Pdq, "a list", HarmCategory.FraudSpam), (entry.Kind, entry.Value, entry.Key.EntryId, entry.Source, entry.Category));
        Assert.Equal(["media-priority--s0", "x"], entry.Labels);
        entry = Assert.Single(Json($$"""{"id":"1234","type":"HASH_MD5","indicator":"{{Md5}}","status":"MALICIOUS"}""").Entries);
        Assert.Equal((HashKind.Md5, Md5, "1234"), (entry.Kind, entry.Value, entry.Key.EntryId));
        entry = Assert.Single(Assert.Single(Csv("signal_type,signal_str", "video_md5," + Md5)).Entries);
        Assert.Equal((HashKind.Md5, "md5:" + Md5), (entry.Kind, entry.Key.EntryId));
    }

    [Theory]
    [InlineData("not a hash list")]
    [InlineData("name,category,note")]
    public void Parse_says_of_a_header_without_hashes_what_it_must_name(string header) =>
        Assert.Contains("the header must name a column of hashes: value, ", Assert.Single(Csv(header)).Problem, StringComparison.Ordinal);

    [Fact]
    public void Parse_reads_video_hashes_as_they_come_and_leaves_poor_frames_out()
    {
        var line = $$"""{"signal_type":"vpdq","signal_str":"[\"{{Pdq}},100,0.0\",\"{{new string('a', 64)}},20,1.0\"]"}""";
        Assert.Equal(Pdq, Assert.Single(Json(line).Entries).Value);
        line = $$"""{"signal_type":"vpdq","signal_str":"[{\"pdq_hex\":\"{{Pdq}}\",\"quality\":90,\"timestamp\":0.0}]"}""";
        Assert.Equal(Pdq, Assert.Single(Json(line).Entries).Value);
        Assert.Equal(Pdq + "," + Pdq, Assert.Single(Json($$"""{"kind":"vpdq","value":"{{Pdq}}, {{Pdq}}"}""").Entries).Value);
        Assert.NotNull(Json("""{"signal_type":"vpdq","signal_str":"[1,2"}""").Problem);
    }

    [Fact]
    public void Parse_reads_the_shape_of_ncmec_with_several_hashes_a_row_and_withdrawals()
    {
        var row = Json($$"""{"id":"image1","entryType":"image","classification":"A1","deleted":false,"fingerprints":{"md5":"{{Md5}}","sha1":"{{Sha1}}"} }""");
        Assert.Equal([("image1:md5", HashKind.Md5), ("image1:sha1", HashKind.Sha1)], row.Entries.Select(entry => (entry.Key.EntryId, entry.Kind)));
        row = Json($$"""{"id":"image1","entryType":"image","deleted":true,"fingerprints":{"md5":"{{Md5}}"} }""");
        Assert.Empty(row.Entries);
        Assert.Equal(["image1:md5"], row.WithdrawnIds);
        Assert.Contains("image1:pdq", Json("""{"id":"image1","deleted":true}""").WithdrawnIds);
        var rows = Csv("id,entry_type,deleted,md5,sha1,sha256,pdq,vpdq", $"1,image,false,{Md5},,,{Pdq},", "2,image,false,,,,,");
        Assert.Equal(["1:md5", "1:pdq"], rows[0].Entries.Select(entry => entry.Key.EntryId));
        Assert.Contains("no hash", rows[1].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"signal_type":"tlsh_pdf","signal_str":"T1"}""", "tlsh_pdf")]
    [InlineData("""{"signal_type":"pdq","signal_str":"abc"}""", "value")]
    [InlineData("""{"kind":"md5","value":"9e107d9d372bb6826bd81d3542a419d6","category":"POLITICS"}""", "POLITICS")]
    [InlineData("""{"kind":"md5","value":"9e107d9d372bb6826bd81d3542a419d6","category":"5"}""", "taxonomy")]
    [InlineData("""{"kind":"md5","value":"9e107d9d372bb6826bd81d3542a419d6","entry_id":"not an id"}""", "entry_id")]
    [InlineData("""{"kind":"md5","value":"9e107d9d372bb6826bd81d3542a419d6","state":"QUARANTINED"}""", "state")]
    [InlineData("[1]", "object")]
    [InlineData("{", "object")]
    public void Parse_says_what_is_wrong_with_a_row(string line, string expected)
    {
        var row = Json(line);
        Assert.Empty(row.Entries);
        Assert.Contains(expected, row.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_of_a_broken_csv_row_names_the_columns_and_reads_on()
    {
        var rows = Csv("\uFEFFkind,value", "md5", $"md5,{Md5}", "\"md5,x", $"\"md5\",\"{Md5}\"", "");
        Assert.Equal([false, true, false, true], rows.Select(row => row.Problem is null));
        Assert.Contains("2 columns", rows[0].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HashListShape.Entries, false)]
    [InlineData(HashListShape.Entries, true)]
    [InlineData(HashListShape.ThreatExchange, false)]
    [InlineData(HashListShape.ThreatExchange, true)]
    [InlineData(HashListShape.Ncmec, false)]
    [InlineData(HashListShape.Ncmec, true)]
    public void What_is_written_is_read_back(HashListShape shape, bool isCsv)
    {
        BankEntry[] entries =
        [
            new(new BankEntryKey("lists", "a:pdq"), HarmCategory.Hate, HashKind.Pdq, Pdq, "so, \"they\" say", "a note", "", default)
            {
                Severity = EntrySeverity.High,
                Labels = ["one", "two"],
                Terms = EntryTerms.Default with { MatchRadius = 20, IsNegative = true, TenantIds = ["acme"], State = EntryState.Disabled },
            },
            new(new BankEntryKey("lists", "b:vpdq"), HarmCategory.FraudSpam, HashKind.Vpdq, Pdq + "," + Pdq, "a list", "", "", default),
            new(new BankEntryKey("lists", "c:md5"), HarmCategory.FraudSpam, HashKind.Md5, Md5, "a list", "", "", default),
        ];
        var (writer, parser) = (new HashListWriter(shape, isCsv), new HashListParser(Defaults, isCsv));
        var lines = new[] { writer.Header }.OfType<string>().Concat(entries.Select(writer.Write)).ToList();
        var read = lines.Select((line, i) => parser.Parse(i + 1, line)).OfType<HashListRow>().ToList();
        Assert.All(read, row => Assert.Null(row.Problem));
        var back = read.SelectMany(row => row.Entries).ToList();
        if (shape == HashListShape.Entries)
            Assert.Equal(entries, back);
        else
            Assert.Equal(entries.Select(entry => (entry.Key, entry.Kind, entry.Value)), back.Select(entry => (entry.Key, entry.Kind, entry.Value)));
    }
}
