const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escapeHtml = (value) => String(value).replace(/[&<>"]/g, (sign) => ENTITIES[sign]);
