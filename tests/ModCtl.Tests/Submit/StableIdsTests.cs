using CsCheck;
using Moderation.ModCtl.Submit;

namespace Moderation.ModCtl.Tests.Submit;

public sealed class StableIdsTests
{
    [Fact]
    public void OfRow_is_the_same_in_every_version_of_the_program()
        => Assert.Equal("f-661cac6720eba054-12", StableIds.OfRow("pool.tsv.gz", 12));

    [Fact]
    public void OfRow_depends_on_name_and_row_and_not_on_the_folder()
    {
        Assert.Equal(StableIds.OfRow("/a/x.csv", 1), StableIds.OfRow("b/x.csv", 1));
        Assert.NotEqual(StableIds.OfRow("x.csv", 1), StableIds.OfRow("y.csv", 1));
        Assert.NotEqual(StableIds.OfRow("x.csv", 1), StableIds.OfRow("x.csv", 2));
    }

    [Fact]
    public void All_ids_are_ones_that_the_contract_takes()
        => Gen.Select(Gen.String, Gen.Long[1, long.MaxValue]).Sample((name, row) =>
        {
            string[] ids = [StableIds.OfRow(name + "x", row), StableIds.OfPicture(name, name), StableIds.Account(name)];
            Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9._:-]{1,128}$", id));
        });
}
