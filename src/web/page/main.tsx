import { render } from 'preact';
import { BoardPage } from './board-page.tsx';

const page = document.getElementById('page');
if (page) render(<BoardPage />, page);
