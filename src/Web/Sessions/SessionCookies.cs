using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Coordinator.Web;

/// <summary>The two cookies: who is signed in, and which sign-in form was shown. Host-only, out of scripts' reach, never sent from other sites.</summary>
internal sealed class SessionCookies(IOperatorDoor door)
{
    /// <summary>The session's id, or null.</summary>
    public string? Session(HttpContext context) => context.Request.Cookies[NameOf("session", context)];

    /// <summary>The token of the sign-in form that was shown, or null.</summary>
    public string? Form(HttpContext context) => context.Request.Cookies[NameOf("form", context)];

    public void SetSession(HttpContext context, string id) => context.Response.Cookies.Append(NameOf("session", context), id, Options());

    public void SetForm(HttpContext context, string token) => context.Response.Cookies.Append(NameOf("form", context), token, Options());

    public void Forget(HttpContext context)
    {
        context.Response.Cookies.Delete(NameOf("session", context), Options());
        context.Response.Cookies.Delete(NameOf("form", context), Options());
    }

    /// <summary>Browsers do not tell ports apart, so the name does.</summary>
    private string NameOf(string what, HttpContext context)
        => $"{(door.IsSecure ? "__Host-" : string.Empty)}coordinator-{what}-{context.Connection.LocalPort.ToString(CultureInfo.InvariantCulture)}";

    private CookieOptions Options() => new() { HttpOnly = true, Secure = door.IsSecure, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}
