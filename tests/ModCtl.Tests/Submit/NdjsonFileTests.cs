using System.Text;
using Moderation.Contracts.V1;
using Moderation.ModCtl.Submit;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class NdjsonFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("posts.ndjson")]
    [InlineData("posts.jsonl.gz")]
    public async Task Read_all_fields_makes_the_post(string name)
    {
        var path = _folder.Write(name, "\uFEFF" + """
            {"post_id":"p1","account_id":"a1","channel_id":"c1","language":"en","author_language":"de","reply_to_post_id":"p0","revision":3,"text":"hi \u00e9","media":["x/y.png"],"expected":{"verdict":"NONE"}}

            """);
        var row = Assert.Single(await Rows.ReadAsync(path)).Post;
        Assert.NotNull(row);
        Assert.Equal(
            new Post
            {
                PostId = "p1",
                AccountId = "a1",
                ChannelId = "c1",
                Language = "en",
                AuthorLanguage = "de",
                ReplyToPostId = "p0",
                Revision = 3,
                Text = "hi é",
                Audience = Audience.Public,
            },
            row.Post);
        Assert.Equal([_folder.Of("x/y.png")], row.Pictures);
        Assert.Equal($"{path}:1", row.Where);
    }

    [Fact]
    public async Task Read_rows_without_ids_have_the_same_ids_every_time_and_an_account_each()
    {
        var path = _folder.Write("posts.ndjson", "{\"text\":\"a\"}\n\n{\"text\":\"b\"}");
        var first = await Rows.ReadAsync(path);
        var second = await Rows.ReadAsync(path);
        Assert.Equal(first.Select(r => r.Post?.Post), second.Select(r => r.Post?.Post));
        Assert.Equal([StableIds.OfRow(path, 1), StableIds.OfRow(path, 3)], first.Select(r => r.Post?.Post.PostId));
        Assert.Equal(2, first.Select(r => r.Post?.Post.AccountId).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"post_id":7,"text":"x"}""", "post_id", "must be a string, is a number")]
    [InlineData("""{"text":["x"]}""", "text", "must be a string, is a list")]
    [InlineData("""{"post_id":"p"}""", "text", "must not be empty unless the row has media")]
    [InlineData("""{"text":"x","media":"a.png"}""", "media", "must be a list of paths, is a string")]
    [InlineData("""{"text":"x","media":["a.png",1]}""", "media[1]", "must be a path, is a number")]
    [InlineData("""{"text":"x","revision":1.5}""", "revision", "must be a whole number")]
    [InlineData("""{"text":"\ud800"}""", "text", "must be valid Unicode")]
    [InlineData("""["text"]""", "row", "must be a JSON object, is a list")]
    [InlineData("""{"text":"x" """, "row", "must be one JSON object in UTF-8; it is broken at byte")]
    public async Task Read_a_malformed_row_names_line_and_field_and_goes_on(string line, string field, string problem)
    {
        var path = _folder.Write("posts.ndjson", "{\"text\":\"first\"}\n" + line + "\n{\"text\":\"last\"}\n");
        var rows = await Rows.ReadAsync(path);
        Assert.Equal(3, rows.Count);
        Assert.Equal($"{path}:2", rows[1].Problem?.Where);
        Assert.Equal(field, rows[1].Problem?.Field);
        Assert.StartsWith(problem, rows[1].Problem?.Problem);
        Assert.Equal("last", rows[2].Post?.Post.Text);
    }

    [Fact]
    public async Task Read_bytes_that_are_no_utf8_is_a_problem_of_the_row()
    {
        var path = _folder.Write("posts.ndjson", [.. "{\"text\":\"a\xFF\"}\n{\"text\":\"b\"}"u8.ToArray().Select(b => b), .. "\n{\"text\":\""u8, 0xFF, .. "\"}\n"u8]);
        var rows = await Rows.ReadAsync(path);
        Assert.Equal($"{path}:3", rows[2].Problem?.Where);
        Assert.Null(rows[2].Post);
    }

    [Fact]
    public async Task Read_a_line_without_end_stops_with_file_and_line()
    {
        var path = _folder.Write("posts.ndjson", "{\"text\":\"a\"}\n" + new string('x', (2 * NdjsonFile.MaxLineBytes) + 1));
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Rows.ReadAsync(path));
        Assert.StartsWith($"{path}:2: the line is longer than", failure.Message);
    }

    [Fact]
    public async Task Read_a_truncated_archive_says_where()
    {
        var whole = _folder.Write("whole.ndjson.gz", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"text\":\"{Guid.NewGuid()}\"}}\n"))));
        var path = _folder.Of("cut.ndjson.gz");
        File.WriteAllBytes(path, File.ReadAllBytes(whole)[..^50_000]);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Rows.ReadAsync(path));
        Assert.Contains("damaged", failure.Message);
        Assert.StartsWith(path, failure.Message);
    }

    [Fact]
    public async Task Read_where_keeps_only_rows_with_the_value()
    {
        var path = _folder.Write("posts.ndjson", """
            {"text":"a","split":"train"}
            {"text":"b","split":"test"}
            {"text":"c"}
            """);
        var rows = await Rows.ReadAsync(path, new SourceOptions { Where = [("split", "test")] });
        Assert.Equal("b", Assert.Single(rows).Post?.Post.Text);
        Assert.Equal(StableIds.OfRow(path, 2), rows[0].Post?.Post.PostId);
    }
}
