using System.Text;

namespace Coordinator.Engine.Tests;

public sealed class IdRules
{
    [Theory]
    [InlineData("", 0x02CC5D05u)]
    [InlineData("a", 0x550D7456u)]
    [InlineData("abc", 0x32D153FFu)]
    [InlineData("Nobody inspects the spammish repetition", 0xE2293B2Fu)]
    public void The_stable_hash_is_xxhash32(string text, uint expected)
        => Assert.Equal(expected, StableHash.Compute(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void An_id_reads_back_from_its_text()
    {
        var id = GrainId.Create("competition", "a/b+c");
        Assert.Equal("competition/a/b+c", id.ToString());
        Assert.Equal(id, GrainId.Parse("competition/a/b+c"));
        Assert.Equal(id.GetUniformHashCode(), GrainId.Parse("competition/a/b+c").GetUniformHashCode());
    }

    [Theory, InlineData(""), InlineData("/x"), InlineData("noslash"), InlineData(null)]
    public void What_is_no_id_is_refused(string? text) => Assert.False(GrainId.TryParse(text, out _));

    [Fact]
    public void Keys_have_the_text_forms_of_the_model()
    {
        var guid = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e");
        Assert.Equal("FF", GrainIdKeyExtensions.CreateIntegerKey(255).ToString());
        Assert.Equal("FFFFFFFFFFFFFFFF", GrainIdKeyExtensions.CreateIntegerKey(-1).ToString());
        Assert.Equal("0f8fad5bd9cb469fa16570867728950e+x", GrainIdKeyExtensions.CreateGuidKey(guid, "x").ToString());
        Assert.Equal(-1, GrainId.Create("t", "FFFFFFFFFFFFFFFF").GetIntegerKey());
        Assert.Equal(guid, GrainId.Create("t", "0f8fad5bd9cb469fa16570867728950e+x").GetGuidKey(out var extension));
        Assert.Equal("x", extension);
        Assert.Throws<ArgumentException>(() => GrainId.Create("t", "zz").GetIntegerKey());
    }

    [Fact]
    public void Defaults_are_told_apart() => Assert.True(default(GrainId).IsDefault && default(GrainType).IsDefault && !GrainId.Create("a", "b").IsDefault);
}
