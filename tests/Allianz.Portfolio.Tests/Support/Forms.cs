using System.Net;
using System.Text.RegularExpressions;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>A page's form as a browser without scripts would send it.</summary>
public static partial class Forms
{
    /// <summary>What stands in the fields.</summary>
    public static Dictionary<string, string> Fields(string html)
    {
        var fields = new Dictionary<string, string>();
        foreach (Match tag in Input().Matches(html))
        {
            var attributes = Attribute()
                .Matches(tag.Value)
                .ToDictionary(a => a.Groups[1].Value, a => WebUtility.HtmlDecode(a.Groups[2].Value));
            if (attributes.TryGetValue("name", out var name) && (attributes["type"] != "radio" || attributes.ContainsKey("checked")))
            {
                fields[name] = attributes.GetValueOrDefault("value", "");
            }
        }
        foreach (Match area in TextArea().Matches(html))
        {
            fields[area.Groups[1].Value] = WebUtility.HtmlDecode(area.Groups[2].Value)[1..];
        }
        return fields;
    }

    /// <summary>Opens the page, types, and sends its form.</summary>
    public static async Task<HttpResponseMessage> SendFormAsync(
        this HttpClient client,
        string page,
        params (string Name, string Value)[] typed
    )
    {
        var fields = Fields(await client.GetStringAsync(page));
        foreach (var (name, value) in typed)
        {
            fields[name] = value;
        }
        return await client.PostAsync(page, new FormUrlEncodedContent(fields));
    }

    /// <summary>The text of a page, without its tags.</summary>
    public static async Task<string> TextAsync(this HttpResponseMessage response) =>
        Blanks().Replace(WebUtility.HtmlDecode(Tag().Replace(await response.Content.ReadAsStringAsync(), " ")), " ");

    [GeneratedRegex("<input [^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex("([a-z-]+)=\"([^\"]*)\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("<textarea [^>]*name=\"([^\"]*)\"[^>]*>(.*?)</textarea>", RegexOptions.Singleline)]
    private static partial Regex TextArea();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
