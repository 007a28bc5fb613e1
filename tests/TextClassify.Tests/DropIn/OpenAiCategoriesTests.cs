using Moderation.TextClassify.Detectors;
using Moderation.TextClassify.DropIn;
using Moderation.TextClassify.Models;
using Xunit;

namespace Moderation.TextClassify.Tests.DropIn;

public sealed class OpenAiCategoriesTests
{
    private static float? Score(string name, TextFindings findings) => OpenAiCategories.Score(OpenAiCategories.All.Single(c => c.Name == name), findings);

    [Fact]
    public void Score_twoLabels_isTheLower()
    {
        var findings = new TextFindings();
        findings.Raise(TextLabel.Hate, 0.9f);
        findings.Raise(TextLabel.Violence, 0.3f);
        Assert.Equal(0.9f, Score("hate", findings));
        Assert.Equal(0.3f, Score("hate/threatening", findings));
        Assert.Null(Score("harassment/threatening", findings)); // harassment was not judged
        Assert.Null(Score("sexual/minors", findings));
    }

    [Fact]
    public void All_sexualAboutMinors_restsOnNoLabel() => Assert.Empty(OpenAiCategories.All.Single(c => c.Name == "sexual/minors").Labels);
}
