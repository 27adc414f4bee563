using Coordinator.Web.Tests.World;

namespace Coordinator.Web.Tests;

/// <summary>The check of pages finds what it is there for.</summary>
public sealed class PageCheckTests
{
    [Theory]
    [InlineData("<p><b>x</p>", "closes nothing")]
    [InlineData("<p>x", "is not closed")]
    [InlineData("<p>a < b</p>", "belongs to no element")]
    [InlineData("<p class=x>y</p>", "no quoted value")]
    [InlineData("<p class=\"a\" class=\"b\">y</p>", "twice")]
    [InlineData("<p style=\"color:red\">y</p>", "nothing inline")]
    [InlineData("<p onclick=\"x()\">y</p>", "nothing inline")]
    [InlineData("<script>x()</script>", "stands in the page")]
    [InlineData("<script src=\"https://cdn.example/x.js\"></script>", "leads to")]
    [InlineData("<a href=\"javascript:x()\">y</a>", "leads to")]
    [InlineData("<input name=\"a\" type=\"text\">", "no label")]
    [InlineData("<table><tr><th scope=\"row\">x</th></tr></table>", "no caption")]
    [InlineData("<table><caption>x</caption><tr><th>x</th></tr></table>", "no scope")]
    [InlineData("<button type=\"button\"> </button>", "nothing to read")]
    [InlineData("<p id=\"a\">x</p><p id=\"a\">y</p>", "stands 2 times")]
    [InlineData("<label for=\"x\">y</label>", "which is not there")]
    [InlineData("<form method=\"post\" action=\"/x\"><button type=\"submit\">x</button></form>", "no token")]
    public void A_fault_is_found(string page, string complaint)
        => Assert.Contains(PageCheck.Complaints(page, isWhole: false), line => line.Contains(complaint, StringComparison.Ordinal));

    [Fact]
    public void A_page_without_its_frame_is_found() => Assert.Contains("one h1 and one main are wanted", PageCheck.Complaints("<p>x</p>"));
}
