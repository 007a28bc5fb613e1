using Moderation.ModCtl.Shell;
using Moderation.ModCtl.Tests.Fakes;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class PictureFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_each_picture_is_a_post_and_others_are_left_out()
    {
        _folder.Write("set/b.PNG", [1]);
        _folder.Write("set/a.jpg", [2]);
        _folder.Write("set/below/c.webp", [3]);
        _folder.Write("set/notes.txt", [4]);
        var rows = await Rows.ReadAsync(_folder.Of("set"));
        Assert.Equal(["a.jpg", "b.PNG", "below/c.webp"], rows.Select(r => Path.GetRelativePath(_folder.Of("set"), Assert.Single(r.Post?.Pictures ?? []))));
        Assert.Equal(3, rows.Select(r => r.Post?.Post.PostId).Distinct().Count());
    }

    [Fact]
    public async Task Read_ids_stay_when_a_picture_is_added()
    {
        _folder.Write("set/b.png", [1]);
        var before = Assert.Single(await Rows.ReadAsync(_folder.Of("set"))).Post?.Post.PostId;
        _folder.Write("set/a.png", [2]);
        var after = await Rows.ReadAsync(_folder.Of("set") + "/");
        Assert.Equal(before, after[1].Post?.Post.PostId);
    }

    [Fact]
    public async Task Read_a_folder_without_pictures_says_how_to_name_files()
    {
        _folder.Write("texts/a.tsv", "text\n");
        var failure = await Assert.ThrowsAsync<UsageException>(() => Rows.ReadAsync(_folder.Of("texts")));
        Assert.Contains("holds no pictures", failure.Message);
    }
}
