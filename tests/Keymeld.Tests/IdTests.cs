namespace Coordinator.Keymeld.Tests;

/// <summary>Ids: their text, their bytes, their order.</summary>
public sealed class IdTests
{
    [Theory]
    [InlineData("019BAA05-190C-7A93-BD97-B4EA88020D88")]
    [InlineData("019baa05190c7a93bd97b4ea88020d88")]
    [InlineData("{019baa05-190c-7a93-bd97-b4ea88020d88}")]
    [InlineData("urn:uuid:019baa05-190c-7a93-bd97-b4ea88020d88")]
    public void Every_form_is_read_and_one_is_written(string text)
        => Assert.Equal("019baa05-190c-7a93-bd97-b4ea88020d88", UuidText.Of(UuidText.TryParse(text)!.Value));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("(019baa05-190c-7a93-bd97-b4ea88020d88)")]
    [InlineData(" 019baa05-190c-7a93-bd97-b4ea88020d88")]
    [InlineData("urn:uuid:019baa05190c7a93bd97b4ea88020d88")]
    [InlineData("019baa05-190c-7a93-bd97-b4ea88020d8g")]
    public void Nothing_else_is_read(string? text) => Assert.Null(UuidText.TryParse(text));

    [Fact]
    public void Order_is_that_of_the_texts()
    {
        string[] texts =
        [
            "019baa05-1783-7570-8eee-c049757fcfa6", "019baa05-1835-7713-8b69-a0e92b0e6c7a", "00000000-0000-0000-0000-000000000001",
            "ff000000-0000-0000-0000-000000000000", "019baa06-0000-0000-0000-000000000000", "019baa05-1783-7570-8eee-c049757fcfff",
        ];
        Assert.Equal(
            texts.Order(StringComparer.Ordinal), texts.Select(Guid.Parse).Order(UuidText.Order).Select(UuidText.Of));
        Assert.Equal(0, UuidText.Compare(KeyAnswers.User, KeyAnswers.User));
        Assert.Equal("019baa0518357713", Convert.ToHexStringLower(UuidText.ToBytes(KeyAnswers.User)[..8]));
    }
}
