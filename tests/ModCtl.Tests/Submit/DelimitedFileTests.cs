using Moderation.ModCtl.Submit;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class DelimitedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_csv_takes_quoted_fields_with_line_breaks()
    {
        var path = _folder.Write("posts.csv", "post_id,account_id,text,media\r\np1,a1,\"one, \"\"two\"\"\nthree\",x.png; y.png\r\np2,a2,four,\r\n");
        var rows = await Rows.ReadAsync(path);
        Assert.Equal(["one, \"two\"\nthree", "four"], rows.Select(r => r.Post?.Post.Text));
        Assert.Equal(["p1", "p2"], rows.Select(r => r.Post?.Post.PostId));
        Assert.Equal([_folder.Of("x.png"), _folder.Of("y.png")], rows[0].Post?.Pictures);
        Assert.Equal([$"{path}:2", $"{path}:4"], rows.Select(r => r.Post?.Where));
    }

    [Fact]
    public async Task Read_compressed_tsv_takes_quotation_marks_as_they_are_and_lang_as_language()
    {
        var path = _folder.Write("pool.tsv.gz", "source\tsplit\tlang\ttext\ns\ttrain\ten\tnot this\ns\ttest\tko\t\"an open quote, a comma\n");
        var row = Assert.Single(await Rows.ReadAsync(path, new SourceOptions { Where = [("split", "test")] })).Post;
        Assert.Equal("\"an open quote, a comma", row?.Post.Text);
        Assert.Equal("ko", row?.Post.Language);
        Assert.Equal(StableIds.OfRow(path, 2), row?.Post.PostId);
        Assert.Equal($"{path}:3", row?.Where);
    }

    [Theory]
    [InlineData("p2,only\n", "row", "must have 3 columns like the header, has 2")]
    [InlineData("p2,x,late\n", "revision", "must be a whole number")]
    [InlineData("p2,,1\n", "text", "must not be empty unless the row has media")]
    [InlineData("p2,a\"b,1\n", "row", "has a quotation mark in the wrong place")]
    public async Task Read_a_malformed_row_names_line_and_field_and_goes_on(string line, string field, string problem)
    {
        var path = _folder.Write("posts.csv", "post_id,text,revision\np1,\"two\nlines\",1\n" + line + "p3,last,1\n");
        var rows = await Rows.ReadAsync(path);
        Assert.Equal(3, rows.Count);
        Assert.Equal($"{path}:4", rows[1].Problem?.Where);
        Assert.Equal(field, rows[1].Problem?.Field);
        Assert.StartsWith(problem, rows[1].Problem?.Problem);
        Assert.Equal("last", rows[2].Post?.Post.Text);
    }

    [Fact]
    public async Task Read_other_columns_are_named_by_options()
    {
        var path = _folder.Write("posts.csv", "id,body\n7,hello\n");
        var row = Assert.Single(await Rows.ReadAsync(path, new SourceOptions { IdField = "id", TextField = "body" })).Post;
        Assert.Equal(("7", "hello"), (row?.Post.PostId, row?.Post.Text));
    }

    [Theory]
    [InlineData("", "a header line with the names of the columns is needed")]
    [InlineData("id,body\n", "there is no column 'text' in the header (id, body); say which with --text-column")]
    [InlineData("text,text\n", "the column 'text' is named twice")]
    public async Task Read_a_wrong_header_stops_with_file_and_line(string content, string problem)
    {
        var path = _folder.Write("posts.csv", content);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Rows.ReadAsync(path));
        Assert.StartsWith($"{path}:1: {problem}", failure.Message);
    }

    [Fact]
    public async Task Read_a_quote_that_never_closes_stops_before_it_fills_the_memory()
    {
        var path = _folder.Write("posts.csv", "text\nfirst\n\"open\n" + string.Concat(Enumerable.Repeat("a line of text\n", 200_000)));
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Rows.ReadAsync(path));
        Assert.Contains("is a quotation mark not closed?", failure.Message);
    }

    [Fact]
    public async Task Read_bytes_that_are_no_utf8_stop_with_file_and_line()
    {
        var path = _folder.Write("posts.csv", [.. "text\nfirst\n"u8, 0xFF, 0xFE, (byte)'\n']);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Rows.ReadAsync(path));
        Assert.StartsWith($"{path}: the bytes after line ", failure.Message);
        Assert.Contains("are not UTF-8", failure.Message);
    }
}
