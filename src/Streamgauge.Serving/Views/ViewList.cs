using System.Buffers;
using System.Text.Json;
using Streamgauge.Views;

namespace Streamgauge.Serving;

/// <summary><c>GET /v1/views</c>: what can be asked.</summary>
internal static class ViewList
{
    public static AnswerBody Of(ViewsState state)
    {
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("version", state.CatalogVersion);
        json.WriteStartArray("views");
        foreach (var view in state.Views) Write(json, view);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return AnswerBody.Of(output.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, ServedView view)
    {
        var definition = view.Definition;
        json.WriteStartObject();
        json.WriteString("name", definition.Name);
        json.WriteString("description", definition.Description);
        json.WriteString("filter", definition.Filter?.Text);
        json.WriteStrings("group_by", definition.GroupBy);
        json.WriteStrings("measures", definition.Measures.Select(measure => measure.Name));
        json.WriteStartArray("tiers");
        foreach (var tier in definition.Tiers)
        {
            json.WriteStartObject();
            json.WriteString("every", tier.Name);
            json.WriteString("retain", tier.Every is null ? null : TierLength.ToText(tier.Retain));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (definition.GroupsMax == int.MaxValue) json.WriteNull("limit");
        else json.WriteNumber("limit", definition.GroupsMax);
        json.WriteString("state", view.State == CatalogState.Building ? "building" : "active");
        json.WriteBoolean("built_in", view.IsBuiltIn);
        if (view.SinceMs == 0) json.WriteNull("since");
        else json.WriteString("since", AnswerTime.Text(view.SinceMs));
        json.WriteNumber("generation", view.Generation);
        json.WriteStartObject("links");
        if (definition.Sessions is null)
        {
            json.WriteString("self", $"/v1/views/{definition.Name}");
            json.WriteString("stream", $"/v1/stream/{definition.Name}");
        }
        else
        {
            json.WriteString("self", $"/v1/sessions/{definition.Name}");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
